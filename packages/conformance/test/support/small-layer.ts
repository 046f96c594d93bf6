// SPDX-License-Identifier: Apache-2.0
/** The one layer of few taps among the bench's shapes, as `--filter` and `KernelBenchOptions.filter` take it. */
export const SMALL_LAYER = 'other 9×9×100';
