// SPDX-License-Identifier: Apache-2.0
import {convOperator, countOperations} from '@addernet/nn';
import type {Architecture} from '@addernet/plugin';
import type {LayersModel} from '@tensorflow/tfjs-layers';
import {beforeAll, describe, expect, test} from 'vitest';
import {
  createImagenetResnet,
  createMobilenetV2,
  createModel,
  resnet20,
  resnet32,
  resnet34,
  resnet44,
  resnet56,
} from '@addernet/zoo';
import {builtInOperators, startCpu} from './support.js';

beforeAll(startCpu);

const cifar = [32, 32, 3] as const;

/** Filter elements × output positions, by hand from the layer tables of the papers. */
interface Figure {
  readonly name: string;
  readonly inputShape: readonly [number, number, number];
  /** Default 10. */
  readonly numClasses?: number;
  readonly parameters: number;
  readonly operatorTaps: number;
  readonly ordinaryTaps: number;
}

const imagenet = {inputShape: [224, 224, 3] as const, numClasses: 1000};
/** 7×7×3 to 64 channels at 112×112. */
const stemTaps = 112 * 112 * 147 * 64;

const figures: readonly Figure[] = [
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
  {name: 'resnet44', inputShape: cifar, parameters: 661_348, operatorTaps: 96_993_280, ordinaryTaps: 442_368 + 640},
  {name: 'resnet56', inputShape: cifar, parameters: 855_780, operatorTaps: 125_304_832, ordinaryTaps: 442_368 + 640},
  // torchvision: 11,689,512 and 25,557,032 with a fully connected head; batch normalisation of the logits has two for each class.
  {
    name: 'resnet18',
    ...imagenet,
    parameters: 11_689_512 + 2000,
    operatorTaps: 1_814_073_344 - stemTaps - 512_000,
    ordinaryTaps: stemTaps + 512_000,
  },
  {
    name: 'resnet50',
    ...imagenet,
    parameters: 25_557_032 + 2000,
    operatorTaps: 4_089_184_256 - stemTaps - 2_048_000,
    ordinaryTaps: stemTaps + 2_048_000,
  },
  // torchvision: 3,504,872 and 300.8 M multiply-adds, of which 20.7 M are depthwise.
  {
    name: 'mobilenet-v2',
    ...imagenet,
    parameters: 3_504_872,
    operatorTaps: 267_939_840,
    ordinaryTaps: 300_774_272 - 267_939_840,
  },
  // 25·(1·32 + 32·32)·28² + 25·(32·64 + 64·64)·14² + 25·(64·128 + 128·128)·7² + 1152·2 + 2·10.
  {name: 'lenet++', inputShape: [28, 28, 1], parameters: 797_624, operatorTaps: 80_911_124, ordinaryTaps: 0},
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

function modelOf(
  name: string,
  operator: string,
  inputShape: readonly [number, number, number],
  numClasses = 10,
): LayersModel {
  const key = [name, operator, ...inputShape].join();
  const model = models.get(key) ?? createModel(name, {operator, numClasses, inputShape, seed: 1});
  models.set(key, model);
  return model;
}

describe.each(figures)('$name on $inputShape', (figure) => {
  const {name, inputShape, numClasses, parameters, operatorTaps, ordinaryTaps} = figure;
  test.each(builtInOperators)('$name', (operator) => {
    const model = modelOf(name, operator.name, inputShape, numClasses);
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

describe('against the published numbers of parameters', () => {
  const parametersOf = (architecture: Architecture, numClasses: number) => {
    const model = architecture.build({operator: convOperator, numClasses, inputShape: [32, 32, 3], seed: 1});
    const count = model.trainableWeights.reduce(
      (sum, weight) => sum + weight.shape.reduce<number>((product, size) => product * (size ?? 1), 1),
      0,
    );
    model.dispose();
    return count;
  };

  test('residual networks with a fully connected head have those of torchvision: 11.69 M and 25.56 M', () => {
    const dense = {head: 'dense'} as const;
    const basic = createImagenetResnet({name: 'resnet18', block: 'basic', blocksPerStage: [2, 2, 2, 2], ...dense});
    expect(parametersOf(basic, 1000)).toBe(11_689_512);
    const deep = createImagenetResnet({name: 'resnet50', block: 'bottleneck', blocksPerStage: [3, 4, 6, 3], ...dense});
    expect(parametersOf(deep, 1000)).toBe(25_557_032);
    expect(parametersOf(resnet34, 1000)).toBe(21_797_672 + 2000);
  });

  test('narrow and wide MobileNet-v2 have those of the reference implementation: 1.97 M at 0.5, 6.1 M at 1.4', () => {
    expect(parametersOf(createMobilenetV2({name: 'wide', widthMultiplier: 1.4}), 1000) / 1e6).toBeCloseTo(6.1, 1);
    expect(parametersOf(createMobilenetV2({name: 'half', widthMultiplier: 0.5}), 1000) / 1e6).toBeCloseTo(1.97, 1);
  });

  test.each([
    [resnet20, 0.27],
    [resnet32, 0.46],
    [resnet44, 0.66],
    [resnet56, 0.85],
  ])('CIFAR: $name', (architecture, millions) => {
    // He et al., table 6. Projections, 2,560 weights with 192 of batch normalisation, are the authors’ addition; so are 20 in the head, less its bias.
    expect((parametersOf(architecture, 10) - 2560 - 192 - 20 + 10) / 1e6).toBeCloseTo(millions, 2);
  });
});
