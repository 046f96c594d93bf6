// SPDX-License-Identifier: Apache-2.0
export {EditError, ExistsError, GenerateError, NameError} from './errors.js';
export {describeGenerated, type Generated} from './generated.js';
export {generateArchitecture} from './generators/architecture.js';
export {generateDataset} from './generators/dataset.js';
export {generateExperiment} from './generators/experiment.js';
export {generateKernelPackage, KERNEL_BACKENDS, type KernelPackageOptions} from './generators/kernel-package.js';
export {generateOperator} from './generators/operator.js';
export {generateTracker} from './generators/tracker.js';
export type {PluginOptions} from './generators/options.js';
export {FolderTree, type Tree} from './tree.js';
