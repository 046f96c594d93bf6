// SPDX-License-Identifier: Apache-2.0
import {ArgumentError, conv2dGeometry, describeValue, type Padding, ShapeError} from '@addernet/core';
import * as tf from '@tensorflow/tfjs-core';
import * as tfl from '@tensorflow/tfjs-layers';
import {fans} from '../initializers/fans.js';
import type {Initializer, Kwargs, Shape} from '../tfl-types.js';
import {showShape} from './addernet-layer.js';
import {KernelLayer, type KernelLayerConfig} from './kernel-layer.js';

const KEYS = ['filters', 'kernelSize', 'strides', 'padding', 'dilations', 'groups', 'dataFormat'] as const;

/** A number for both axes, or [height, width]. */
export type PairOption = number | readonly [number, number];

/** Options of every {@link Conv2DLayer}. */
export interface Conv2DLayerConfig extends KernelLayerConfig {
  /** Number of output channels. */
  filters: number;
  kernelSize: PairOption;
  /** Default 1. */
  strides?: PairOption | null;
  /** 'same' (TensorFlow's), 'valid' (default), zeros on all sides, or [[0, 0], [top, bottom], [left, right], [0, 0]]. */
  padding?: Padding | null;
  /** Default 1. */
  dilations?: PairOption | null;
  /** Default 1. */
  groups?: number | null;
  /** 'channelsLast' is the only one. */
  dataFormat?: 'channelsLast' | null;
  /** Default false, as everywhere in the AdderNet authors' networks: batch normalisation follows. */
  useBias?: boolean | null;
}

/**
 * A layer that slides filters over [batch, height, width, inChannels] and gives [batch, outHeight, outWidth, filters]. What is done at each
 * position is the subclass's; everything else is the same for every operator. Weights: kernel [filterHeight, filterWidth, inChannels / groups,
 * filters] and, with `useBias`, bias [filters].
 */
export abstract class Conv2DLayer extends KernelLayer {
  readonly filters: number;
  readonly kernelSize: readonly [number, number];
  readonly strides: readonly [number, number];
  readonly padding: Padding;
  readonly dilations: readonly [number, number];
  readonly groups: number;

  protected constructor(config: Conv2DLayerConfig, keys: readonly string[], defaultInitializer: Initializer) {
    super(config, [...KEYS, ...keys], {
      useBias: false,
      kernelInitializer: defaultInitializer,
      biasInitializer: 'zeros',
    });
    const {label} = this;
    if (!Number.isSafeInteger(config.filters) || config.filters < 1) {
      throw new ArgumentError(
        `${label}: filters is ${describeValue(config.filters)}; expected an integer of at least 1`,
      );
    }
    const dataFormat: string = config.dataFormat ?? 'channelsLast';
    if (dataFormat !== 'channelsLast') {
      throw new ArgumentError(
        `${label}: dataFormat is ${describeValue(dataFormat)}; 'channelsLast' is the only one supported`,
      );
    }
    this.filters = config.filters;
    this.kernelSize = pair(label, 'kernelSize', config.kernelSize);
    this.strides = pair(label, 'strides', config.strides ?? 1);
    this.padding = config.padding ?? 'valid';
    this.dilations = pair(label, 'dilations', config.dilations ?? 1);
    this.groups = config.groups ?? 1;
  }

  /** Applies the operator; bias comes after. */
  protected abstract operate(x: tf.Tensor4D, kernel: tf.Tensor4D): tf.Tensor4D;

  override build(inputShape: Shape | Shape[]): void {
    const shape = this.#inputShape(inputShape);
    const kernelShape = this.#kernelShape(shape);
    // Wrong channels, groups or window sizes are told here, before any weight exists.
    this.computeOutputShape(shape);
    const {fanIn} = fans(this.label, kernelShape);
    this.createKernelAndBias(kernelShape, this.filters, fanIn);
    this.inputSpec = [new tfl.InputSpec({ndim: 4, axes: {3: this.#inChannels(shape)}})];
    this.built = true;
  }

  override computeOutputShape(inputShape: Shape | Shape[]): Shape {
    const shape = this.#inputShape(inputShape);
    const [batch = null, height = null, width = null] = shape;
    // An unknown size stays unknown; the filter's extent stands in for it, so that the rest is checked all the same.
    const extent = (axis: 0 | 1): number => (this.kernelSize[axis] - 1) * this.dilations[axis] + 1;
    const geometry = conv2dGeometry({
      opName: this.label,
      xShape: [1, height ?? extent(0), width ?? extent(1), this.#inChannels(shape)],
      filterShape: this.#kernelShape(shape),
      strides: this.strides,
      pad: this.padding,
      dilations: this.dilations,
      groups: this.groups,
    });
    return [
      batch,
      height === null ? null : geometry.outHeight,
      width === null ? null : geometry.outWidth,
      geometry.outChannels,
    ];
  }

  override call(inputs: tf.Tensor | tf.Tensor[], kwargs: Kwargs): tf.Tensor {
    return tf.tidy(() => {
      this.invokeCallHook(inputs, kwargs);
      const {x, kernel} = this.operands(this.singleInput(inputs));
      return this.addBias(this.operate(x, kernel));
    });
  }

  /** The input, checked, and the kernel. */
  protected operands(x: tf.Tensor): {readonly x: tf.Tensor4D; readonly kernel: tf.Tensor4D} {
    const kernel = this.readKernel();
    if (isRank4(x) && kernel !== undefined && isRank4(kernel)) return {x, kernel};
    throw new ShapeError(`${this.label}: input has shape ${showShape(x.shape)}; expected rank 4`);
  }

  override getConfig(): tf.serialization.ConfigDict {
    return {
      ...super.getConfig(),
      filters: this.filters,
      kernelSize: [...this.kernelSize],
      strides: [...this.strides],
      padding: typeof this.padding === 'object' ? this.padding.map((side) => [...side]) : this.padding,
      dilations: [...this.dilations],
      groups: this.groups,
      dataFormat: 'channelsLast',
    };
  }

  #inputShape(inputShape: Shape | Shape[]): Shape {
    return this.singleShape(inputShape, [4], '[batch, height, width, channels]');
  }

  #inChannels(shape: Shape): number {
    const channels = shape[3] ?? null;
    if (channels === null) {
      throw new ShapeError(`${this.label}: input has shape ${showShape(shape)}; the number of channels must be known`);
    }
    return channels;
  }

  #kernelShape(shape: Shape): [number, number, number, number] {
    const channels = this.#inChannels(shape);
    if (!Number.isSafeInteger(this.groups) || this.groups < 1 || channels % this.groups !== 0) {
      throw new ShapeError(
        `${this.label}: groups is ${describeValue(this.groups)}; expected a divisor of the input's ${channels} channels`,
      );
    }
    return [...this.kernelSize, channels / this.groups, this.filters];
  }
}

function isRank4(x: tf.Tensor): x is tf.Tensor4D {
  return x.rank === 4;
}

function pair(label: string, name: string, value: PairOption): readonly [number, number] {
  const [height, width, ...rest]: readonly number[] = typeof value === 'number' ? [value, value] : value;
  if (height === undefined || width === undefined || rest.length > 0 || ![height, width].every(isPositiveInteger)) {
    throw new ArgumentError(
      `${label}: ${name} is ${describeValue(value)}; expected an integer of at least 1, or a pair [height, width] of such`,
    );
  }
  return [height, width];
}

function isPositiveInteger(value: unknown): boolean {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 1;
}
