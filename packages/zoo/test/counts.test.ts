// SPDX-License-Identifier: Apache-2.0
import {countOperations} from '@addernet/nn';
import type {LayersModel} from '@tensorflow/tfjs-layers';
import {beforeAll, describe, expect, test} from 'vitest';
import {createModel} from '@addernet/zoo';
import {builtInOperators, startCpu} from './support.js';

beforeAll(startCpu);

const cifar = [32, 32, 3] as const;

/** Filter elements × output positions, by hand from the layer tables of the papers. */
const figures = [
  // 2.36 M taps in every layer but the three where a stage begins; projections 131 K each.
  {name: 'resnet20', inputShape: cifar, parameters: 272_484, operatorTaps: 40_370_176, ordinaryTaps: 442_368 + 640},
  {name: 'resnet32', inputShape: cifar, parameters: 466_916, operatorTaps: 68_681_728, ordinaryTaps: 442_368 + 640},
  // Without projections; 269,722 parameters are also what github.com/akamaster/pytorch_resnet_cifar10 says: 0.27 M.
  {
    name: 'resnet20-option-a',
    inputShape: cifar,
    parameters: 269_722,
    operatorTaps: 40_370_176 - 2 * 131_072,
    ordinaryTaps: 442_368 + 640,
  },
  {
    name: 'vgg-small',
    inputShape: cifar,
    parameters: 4_660_106,
    operatorTaps: 603_979_776,
    ordinaryTaps: 3_538_944 + 81_920,
  },
  // 117,600 + 240,000 + 48,000 + 10,080 + 840, on MNIST's own size and on LeNet-5's.
  {name: 'lenet5-bn', inputShape: [28, 28, 1] as const, parameters: 61_942, operatorTaps: 416_520, ordinaryTaps: 0},
  {name: 'lenet5-bn', inputShape: [32, 32, 1] as const, parameters: 61_942, operatorTaps: 416_520, ordinaryTaps: 0},
  {name: 'tiny', inputShape: cifar, parameters: 85_092, operatorTaps: 1_769_472, ordinaryTaps: 110_592 + 1280},
  {
    name: 'tiny',
    inputShape: [28, 28, 1] as const,
    parameters: 84_804,
    operatorTaps: 49 * 9216 + 16 * 73_728,
    ordinaryTaps: 196 * 144 + 1280,
  },
];

const models = new Map<string, LayersModel>();

function modelOf(name: string, operator: string, inputShape: readonly [number, number, number]): LayersModel {
  const key = [name, operator, ...inputShape].join();
  const model = models.get(key) ?? createModel(name, {operator, numClasses: 10, inputShape, seed: 1});
  models.set(key, model);
  return model;
}

describe.each(figures)('$name on $inputShape', ({name, inputShape, parameters, operatorTaps, ordinaryTaps}) => {
  test.each(builtInOperators)('$name', (operator) => {
    const model = modelOf(name, operator.name, inputShape);
    const trainable = model.trainableWeights.reduce(
      (sum, weight) => sum + weight.shape.reduce<number>((product, size) => product * (size ?? 1), 1),
      0,
    );
    expect(trainable).toBe(parameters);
    const {taps, multiplications, additions} = countOperations(model);
    expect(taps).toBe(operatorTaps + ordinaryTaps);
    const perTap = operator.operationsPerTap;
    expect(multiplications).toBe(operatorTaps * perTap.multiplications + ordinaryTaps);
    expect(additions).toBe(operatorTaps * perTap.additions + ordinaryTaps);
  });
});

describe('against the published figures, two additions a tap in every layer, the ordinary ones included', () => {
  const millions = (name: string, layers: (layer: string) => boolean) => {
    const taps = countOperations(modelOf(name, 'conv', cifar))
      .perLayer.filter((layer) => layers(layer.layer))
      .reduce((sum, layer) => sum + layer.taps, 0);
    return (2 * taps) / 1e6;
  };

  test('ResNet-32 as the AdderNet paper, table 2: 138.24 M', () => {
    expect(millions('resnet32', () => true)).toBeCloseTo(138.24, 1);
  });

  test('ResNet-20: 81.63 M', () => {
    expect(millions('resnet20', () => true)).toBeCloseTo(81.63, 2);
  });

  test('VGG-small: 1.215 G in the convolutions, not the 1.30 G of the paper', () => {
    expect(millions('vgg-small', (layer) => layer.includes('conv'))).toBeCloseTo(1215.04, 1);
  });
});
