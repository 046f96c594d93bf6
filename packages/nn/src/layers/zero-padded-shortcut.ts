// SPDX-License-Identifier: Apache-2.0
import {ArgumentError, describeValue, ShapeError} from '@addernet/core';
import * as tf from '@tensorflow/tfjs-core';

import type {Kwargs, Shape} from '../tfl-types.js';
import {AddernetLayer, type AddernetLayerConfig, showShape} from './addernet-layer.js';

export interface ZeroPaddedShortcutConfig extends AddernetLayerConfig {
  /** Channels of the output; at least the input's. */
  filters: number;
  /** Every strides-th row and column is kept. Default 1. */
  strides?: number | null;
}

/**
 * The shortcut without parameters of residual networks for small images (He et al., arXiv 1512.03385, section 4.2, option A): every
 * strides-th row and column of the input, with channels of zeros added, half of them before the input's channels and half after (one more after where
 * their number is odd). From [batch, height, width, inChannels] to [batch, ⌈height / strides⌉, ⌈width / strides⌉, filters].
 */
export class ZeroPaddedShortcut extends AddernetLayer {
  static readonly className: string = 'AddernetZeroPaddedShortcut';
  readonly filters: number;
  readonly strides: number;

  constructor(config: ZeroPaddedShortcutConfig) {
    super(config, ['filters', 'strides']);
    this.filters = this.#positive('filters', config.filters);
    this.strides = this.#positive('strides', config.strides ?? 1);
  }

  override computeOutputShape(inputShape: Shape | Shape[]): Shape {
    const [batch = null, height = null, width = null, channels = null] = this.#inputShape(inputShape);
    this.#padding(channels);
    const kept = (size: number | null) => (size === null ? null : Math.ceil(size / this.strides));
    return [batch, kept(height), kept(width), this.filters];
  }

  override call(inputs: tf.Tensor | tf.Tensor[], kwargs: Kwargs): tf.Tensor {
    return tf.tidy(() => {
      this.invokeCallHook(inputs, kwargs);
      const x = this.singleInput(inputs);
      if (!isRank4(x)) {
        throw new ShapeError(`${this.label}: input has shape ${showShape(x.shape)}; expected rank 4`);
      }
      // Pooling over single pixels is the strided slice; TF.js has a gradient for it, and none for StridedSlice.
      const kept = this.strides === 1 ? x : tf.avgPool(x, 1, this.strides, 'valid');
      const [before, after] = this.#padding(x.shape[3]);
      return before + after === 0
        ? kept.clone()
        : tf.pad4d(kept, [
            [0, 0],
            [0, 0],
            [0, 0],
            [before, after],
          ]);
    });
  }

  override getConfig(): tf.serialization.ConfigDict {
    return {...super.getConfig(), filters: this.filters, strides: this.strides};
  }

  #positive(option: string, value: number): number {
    if (!Number.isSafeInteger(value) || value < 1) {
      throw new ArgumentError(`${this.label}: ${option} is ${describeValue(value)}; expected an integer of at least 1`);
    }
    return value;
  }

  #padding(channels: number | null): [number, number] {
    if (channels === null || channels > this.filters) {
      throw new ShapeError(
        `${this.label}: input has ${channels ?? 'an unknown number of'} channels; expected at most filters, ${this.filters}`,
      );
    }
    const before = Math.floor((this.filters - channels) / 2);
    return [before, this.filters - channels - before];
  }

  #inputShape(inputShape: Shape | Shape[]): Shape {
    return this.singleShape(inputShape, [4], '[batch, height, width, channels]');
  }
}

/** Makes a {@link ZeroPaddedShortcut}. @throws ArgumentError */
export function zeroPaddedShortcut(config: ZeroPaddedShortcutConfig): ZeroPaddedShortcut {
  return new ZeroPaddedShortcut(config);
}

function isRank4(x: tf.Tensor): x is tf.Tensor4D {
  return x.rank === 4;
}
