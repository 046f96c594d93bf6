// SPDX-License-Identifier: Apache-2.0
import {batchNormalization, convOperator} from '@addernet/nn';
import type {Architecture, Layer} from '@addernet/plugin';
import * as tfl from '@tensorflow/tfjs-layers';

/**
 * A network that only convolves: strides instead of pooling, and a 1×1 layer before the global average instead of fully connected ones.
 * `operator` makes the layers that are compared; the first and the last stay ordinary convolutions, as in the AdderNet papers. Every layer
 * has a name of its own: initial weights derive from (seed, name), and saved weights are found again by name.
 */
export const allConvMini: Architecture = {
  name: 'all-conv-mini',
  description: 'All-convolutional network of four layers, 8/16/16 channels',
  source: 'in the manner of Springenberg et al., arXiv 1412.6806, section 3.1',
  build({operator, numClasses, inputShape, seed}) {
    const normalized = (name: string, layer: Layer): Layer[] => [
      layer,
      batchNormalization({name: `${name}.bn`}),
      tfl.layers.reLU({name: `${name}.relu`}),
    ];
    const window = {kernelSize: 3, padding: 1, useBias: false, seed};
    return tfl.sequential({
      name: `all-conv-mini-${operator.name}`,
      layers: [
        tfl.layers.inputLayer({name: 'input', inputShape: [...inputShape]}),
        ...normalized('stem', convOperator.conv2d({...window, name: 'stem.conv', filters: 8})),
        ...normalized('down', operator.conv2d({...window, name: 'down.conv', filters: 16, strides: 2})),
        ...normalized('body', operator.conv2d({...window, name: 'body.conv', filters: 16})),
        convOperator.conv2d({name: 'head.conv', filters: numClasses, kernelSize: 1, seed}),
        tfl.layers.globalAveragePooling2d({name: 'head.pool'}),
        // Logits, not probabilities: the trainer's loss is the softmax cross-entropy.
        batchNormalization({name: 'logits'}),
      ],
    });
  },
};
