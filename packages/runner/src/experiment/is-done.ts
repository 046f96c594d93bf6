// SPDX-License-Identifier: Apache-2.0
import type {RunSummary} from '@addernet/plugin';

/** Whether a run has the result that it will have, so that nothing is left to resume. */
export const isDone = ({status}: RunSummary): boolean => status === 'finished' || status === 'diverged';
