// SPDX-License-Identifier: Apache-2.0
import type {LayerKind, OperationCounts} from '@addernet/plugin';
import {elementCount, type LayerUse} from './layer-uses.js';

/** What a layer without taps does. */
export interface ElementwiseCosts extends OperationCounts {
  readonly kind: LayerKind;
  readonly counted: boolean;
}

const of = (kind: LayerKind, multiplications: number, additions: number): ElementwiseCosts => ({
  kind,
  counted: true,
  multiplications,
  additions,
});
const unknown = (kind: LayerKind): ElementwiseCosts => ({kind, counted: false, multiplications: 0, additions: 0});

/** Layers whose output is their input seen otherwise, or that do nothing at inference: neither operations nor traffic. */
const VIEWS: ReadonlySet<string> = new Set([
  'InputLayer',
  'Flatten',
  'Reshape',
  'Dropout',
  'SpatialDropout1D',
  'AlphaDropout',
  'GaussianNoise',
  'GaussianDropout',
]);

/** Layers that move values without computing. */
const MOVES: ReadonlySet<string> = new Set([
  'Concatenate',
  'Permute',
  'RepeatVector',
  'UpSampling2D',
  'ZeroPadding2D',
  'Cropping2D',
]);

const NORMALIZATIONS: ReadonlySet<string> = new Set(['BatchNormalization', 'AddernetBatchNormalization']);

/** Layers that combine n inputs element by element, in n − 1 operations per element. */
const MERGES: Readonly<Record<string, 'multiplications' | 'additions'>> = {
  Add: 'additions',
  Maximum: 'additions',
  Minimum: 'additions',
  Multiply: 'multiplications',
};

/** Operations per element of activations; a comparison counts as an addition. */
const ACTIVATIONS: Readonly<Record<string, OperationCounts>> = {
  linear: {multiplications: 0, additions: 0},
  relu: {multiplications: 0, additions: 1},
  relu6: {multiplications: 0, additions: 2},
  LeakyReLU: {multiplications: 1, additions: 1},
  PReLU: {multiplications: 1, additions: 1},
};

/** Elements of a pooling window. */
function windowSize({layer, inputShapes, outputShape}: LayerUse): number {
  if (/^Global/.test(layer.getClassName())) {
    const [input = []] = inputShapes;
    return elementCount(input.slice(1), layer.name) / elementCount(outputShape.slice(1), layer.name);
  }
  const size: unknown = layer.getConfig()['poolSize'];
  const sizes: readonly unknown[] = Array.isArray(size) ? size : [size];
  return sizes.reduce<number>((product, side) => product * (typeof side === 'number' ? side : Number.NaN), 1);
}

function activation(name: string, elements: number): ElementwiseCosts {
  const perElement = ACTIVATIONS[name];
  return perElement === undefined
    ? unknown('activation')
    : of('activation', elements * perElement.multiplications, elements * perElement.additions);
}

/** The activation that a layer applies by itself, e.g. `tf.layers.conv2d({activation: 'relu'})`. */
export function ownActivation({layer, outputShape}: LayerUse): ElementwiseCosts {
  const name: unknown = layer.getConfig()['activation'];
  return typeof name === 'string'
    ? activation(name, elementCount(outputShape.slice(1), layer.name))
    : of('other', 0, 0);
}

/** Whether a layer computes and moves nothing. */
export const isView = ({layer}: LayerUse): boolean => VIEWS.has(layer.getClassName());

/**
 * Operations of a layer without taps on one image, at inference:
 * - batch normalisation: x·a + b, one multiplication and one addition per element; a and b are made once per channel, which is not counted
 * - ReLU: one comparison per element, with an upper bound two; comparisons count as additions
 * - pooling over windows of k elements: k − 1 comparisons or additions per output, averages one multiplication more; every window counts as
 *   full, also at a padded edge
 * - additions, maxima and products of n branches: n − 1 operations per element
 *
 * Layers of other classes are not counted, and say so.
 */
export function elementwiseCosts(use: LayerUse): ElementwiseCosts {
  const {layer, inputShapes, outputShape} = use;
  const className = layer.getClassName();
  const elements = elementCount(outputShape.slice(1), layer.name);
  if (NORMALIZATIONS.has(className)) return of('batch-normalization', elements, elements);
  if (MOVES.has(className)) return of('other', 0, 0);
  const merge = MERGES[className];
  if (merge !== undefined) {
    const operations = elements * (inputShapes.length - 1);
    return merge === 'additions' ? of('addition', 0, operations) : of('other', operations, 0);
  }
  if (className === 'ReLU') {
    const isBounded = typeof layer.getConfig()['maxValue'] === 'number';
    return activation(isBounded ? 'relu6' : 'relu', elements);
  }
  if (className === 'Activation') return ownActivation(use);
  if (ACTIVATIONS[className] !== undefined) return activation(className, elements);
  const pooling = /^(?:Global)?(Max|Average)Pooling[123]D$/.exec(className)?.[1];
  if (pooling !== undefined) {
    const perOutput = windowSize(use) - 1;
    return Number.isFinite(perOutput)
      ? of('pooling', pooling === 'Average' ? elements : 0, elements * perOutput)
      : unknown('pooling');
  }
  return unknown('other');
}
