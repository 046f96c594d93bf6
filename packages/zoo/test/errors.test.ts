// SPDX-License-Identifier: Apache-2.0
import * as tfl from '@tensorflow/tfjs-layers';
import {adderOperator} from '@addernet/nn';
import type {Operator} from '@addernet/plugin';
import {beforeAll, describe, expect, test} from 'vitest';
import {
  architectures,
  createCifarResnet,
  createImagenetResnet,
  createLenetPlusPlus,
  createMobilenetV2,
  createModel,
  createVggSmall,
  InvalidBuildOptionError,
  listModels,
  OperatorContractError,
  UnknownArchitectureError,
  UnknownOperatorError,
} from '@addernet/zoo';
import {startCpu} from './support.js';

beforeAll(startCpu);

const good = {operator: 'adder', numClasses: 10, inputShape: [32, 32, 3] as [number, number, number], seed: 1};

function thrownBy(action: () => unknown): unknown {
  try {
    action();
  } catch (error) {
    return error;
  }
  throw new Error('nothing was thrown');
}

test('an unknown architecture is answered with the known ones', () => {
  const error = thrownBy(() => createModel('resnet21', good));
  expect(error).toBeInstanceOf(UnknownArchitectureError);
  expect(error).toMatchObject({valid: listModels().map(({name}) => name)});
  expect(String(error)).toBe(
    "UnknownArchitectureError: unknown architecture 'resnet21'; the zoo has: " +
      'resnet20, resnet32, resnet44, resnet56, resnet20-option-a, resnet18, resnet34, resnet50, mobilenet-v2, vgg-small, lenet5-bn, lenet++, tiny',
  );
});

test('an unknown operator is answered with the built-in ones', () => {
  const error = thrownBy(() => createModel('tiny', {...good, operator: 'shift'}));
  expect(error).toBeInstanceOf(UnknownOperatorError);
  expect(error).toMatchObject({valid: ['conv', 'adder']});
  expect(String(error)).toContain("unknown operator 'shift'; built-in operators: conv, adder");
});

test.each([undefined, null, 3, {name: 'half', conv2d: () => undefined}])('%o is not an operator', (operator) => {
  // @ts-expect-error callers without types
  expect(thrownBy(() => createModel('tiny', {...good, operator}))).toBeInstanceOf(UnknownOperatorError);
});

describe.each(architectures.map(({name}) => name))('%s refuses', (name) => {
  test.each([0, -1, 1, 2.5, NaN, Infinity])('numClasses %d', (numClasses) => {
    const error = thrownBy(() => createModel(name, {...good, numClasses}));
    expect(error).toBeInstanceOf(InvalidBuildOptionError);
    expect(String(error)).toContain(`${name}: numClasses is ${numClasses}; expected an integer ≥ 2`);
  });

  test.each([
    [[0, 32, 3]],
    [[32, -1, 3]],
    [[32, 32, 0]],
    [[32, 32]],
    [[32, 32, 3, 1]],
    [[32.5, 32, 3]],
    ['32x32x3'],
    [undefined],
  ])('inputShape %j', (inputShape) => {
    // @ts-expect-error callers without types
    const error = thrownBy(() => createModel(name, {...good, inputShape}));
    expect(error).toBeInstanceOf(InvalidBuildOptionError);
    expect(String(error)).toMatch(/inputShape is .*; expected \[height, width, channels\], three positive integers/);
  });

  test('a map too small for its downsampling, and takes the least one that is not', () => {
    const error = thrownBy(() => createModel(name, {...good, inputShape: [1, 32, 3]}));
    expect(error).toBeInstanceOf(InvalidBuildOptionError);
    const minimum = Number(/height and width ≥ (\d+)/.exec(String(error))?.[1]);
    expect(() => createModel(name, {...good, inputShape: [minimum - 1, 32, 3]})).toThrow(InvalidBuildOptionError);
    const model = createModel(name, {...good, inputShape: [minimum, minimum, 3]});
    expect(model.outputs[0]?.shape).toEqual([null, 10]);
  });

  test.each([0.5, NaN, '1'])('seed %j', (seed) => {
    // @ts-expect-error callers without types
    const error = thrownBy(() => createModel(name, {...good, seed}));
    expect(error).toBeInstanceOf(InvalidBuildOptionError);
    expect(String(error)).toContain('expected an integer');
  });
});

test('sizes of one’s own residual networks and VGGs are checked', () => {
  expect(() => createCifarResnet({name: 'mine', blocksPerStage: 0})).toThrow('mine: blocksPerStage is 0');
  expect(() => createCifarResnet({name: 'mine', blocksPerStage: 1, widths: []})).toThrow('mine: widths is []');
  expect(() => createCifarResnet({name: 'mine', blocksPerStage: 1, widths: [16, 0]})).toThrow(
    'mine: widths is [16, 0]',
  );
  expect(() => createVggSmall({name: 'mine', widths: [1.5]})).toThrow('mine: widths is [1.5]');
  expect(() => createImagenetResnet({name: 'mine', block: 'basic', blocksPerStage: [2, 2]})).toThrow(
    'mine: blocksPerStage is [2, 2]; expected 4 positive integers, one per stage',
  );
  expect(() => createImagenetResnet({name: 'mine', block: 'basic', blocksPerStage: [1], widths: [-1]})).toThrow(
    'mine: widths is [-1]',
  );
  expect(() => createMobilenetV2({name: 'mine', widthMultiplier: 0})).toThrow('mine: widthMultiplier is 0');
  expect(() => createLenetPlusPlus({name: 'mine', widths: []})).toThrow('mine: widths is []');
  expect(() => createLenetPlusPlus({name: 'mine', features: 0})).toThrow('mine: features is 0');
  const build = (widths: number[]) =>
    createCifarResnet({name: 'mine', blocksPerStage: 1, widths}).build({...good, operator: adderOperator});
  expect(build([8, 16]).getLayer('stage2.block0.add').outputShape).toEqual([null, 16, 16, 16]);
  expect(() => build([8, 16]).getLayer('stage3.block0.add')).toThrow();
});

describe('an operator that does not keep its contract is named', () => {
  const broken = (conv2d: Operator['conv2d']): Operator => ({...adderOperator, name: 'broken', conv2d});

  test('layer of another name', () => {
    const operator = broken((request) => adderOperator.conv2d({...request, name: 'mine'}));
    const error = thrownBy(() => createModel('tiny', {...good, operator}));
    expect(error).toBeInstanceOf(OperatorContractError);
    expect(String(error)).toContain("operator 'broken', asked for layer 'conv1': its layer is named 'mine'");
  });

  test('stride ignored', () => {
    const operator = broken((request) => adderOperator.conv2d({...request, strides: 1}));
    expect(() => createModel('tiny', {...good, operator})).toThrow(
      'its layer makes [batch, 16, 16, 64] of [batch, 16, 16, 16]; expected [batch, 8, 8, 64]',
    );
  });

  test('number of filters ignored', () => {
    const operator = broken(({name}) => tfl.layers.activation({name, activation: 'relu'}));
    expect(() => createModel('resnet20', {...good, operator, inputShape: [8, 8, 3]})).toThrow(OperatorContractError);
  });
});
