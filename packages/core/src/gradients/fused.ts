// SPDX-License-Identifier: Apache-2.0
import {registerNoGradient} from './register.js';

/** Makes asking for a gradient of the fused ops an error that says what to do instead. */
export function registerFusedGradients(): void {
  registerNoGradient(
    'FusedAdderConv2D',
    'fusedAdderConv2d is for inference and has no gradient; train with adderConv2d, batchNormTraining and tf.relu',
  );
  registerNoGradient(
    'FusedGroupedConv2D',
    'fusedConv2d is for inference and has no gradient; train with conv2d, batchNormTraining and tf.relu',
  );
}
