// SPDX-License-Identifier: Apache-2.0
import type {EvaluationRecord} from './evaluation.js';
import type {LayerRecord} from './layers.js';

/** What a run recorded in files of its own, besides its summary; each absent where it was not recorded. */
export interface RunRecords {
  /** evaluation.json */
  readonly evaluation?: EvaluationRecord;
  /** The lines of layers.jsonl. */
  readonly layers?: readonly LayerRecord[];
}
