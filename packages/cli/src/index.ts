// SPDX-License-Identifier: Apache-2.0
export {createDefaultContainer} from './composition.js';
export {UsageError} from './errors.js';
export {EXIT} from './exit-codes.js';
export {findExperiments, loadExperiment, locateExperiment} from './experiment-file.js';
export {createProgram} from './program.js';
