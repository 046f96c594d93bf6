// SPDX-License-Identifier: Apache-2.0
import {batchNormalization, convOperator} from '@addernet/nn';
import type {Architecture, Layer} from '@addernet/plugin';
import * as tfl from '@tensorflow/tfjs-layers';

/** A 2-D layer's filters, and where it halves the map. */
interface Stage {
  readonly filters: number;
  readonly strides: 1 | 2;
}

const STAGES: readonly Stage[] = [
  {filters: 16, strides: 2},
  {filters: 16, strides: 1},
  {filters: 32, strides: 2},
];

/**
 * A plain network: layers of 3×3, batch normalisation and ReLU, one after the other. `operator` makes the layers that are compared; the first and the last stay
 * ordinary convolutions, as in the AdderNet papers. Every layer has a name of its own: initial weights derive from (seed, name), and saved weights are found
 * again by name.
 */
export const placeholderNameArchitecture: Architecture = {
  name: 'placeholder-name',
  description: 'plain network of 8/16/16/32 channels, 3×3, with a pooling head',
  source: 'where the structure comes from: paper and section, or the reference code',
  build({operator, numClasses, inputShape, seed}) {
    const normalized = (name: string, layer: Layer): Layer[] => [
      layer,
      batchNormalization({name: `${name}.bn`}),
      tfl.layers.reLU({name: `${name}.relu`}),
    ];
    const window = {kernelSize: 3, padding: 1, useBias: false, seed};
    return tfl.sequential({
      name: `placeholder-name-${operator.name}`,
      layers: [
        tfl.layers.inputLayer({name: 'input', inputShape: [...inputShape]}),
        ...normalized('stem', convOperator.conv2d({...window, name: 'stem.conv', filters: 8})),
        ...STAGES.flatMap((stage, index) => {
          const name = `stage${index + 1}`;
          return normalized(name, operator.conv2d({...window, ...stage, name: `${name}.conv`}));
        }),
        convOperator.conv2d({name: 'head.conv', filters: numClasses, kernelSize: 1, seed}),
        tfl.layers.globalAveragePooling2d({name: 'head.pool'}),
        // Logits, not probabilities: the trainer's loss is the softmax cross-entropy.
        batchNormalization({name: 'logits'}),
      ],
    });
  },
};
