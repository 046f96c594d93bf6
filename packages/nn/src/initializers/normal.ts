// SPDX-License-Identifier: Apache-2.0
import type {CounterRandom} from '@addernet/core';
import type {serialization} from '@tensorflow/tfjs-core';
import {SeededInitializer, type SeededInitializerConfig} from './seeded-initializer.js';

export interface NormalConfig extends SeededInitializerConfig {
  /** Default 0. */
  mean?: number;
  /** Standard deviation; default 1. */
  stddev?: number;
}

/** Normally distributed values. N(0, 1) is what the AdderNet authors' code gives adder filters. */
export class Normal extends SeededInitializer {
  static readonly className: string = 'AddernetNormal';
  readonly mean: number;
  readonly stddev: number;

  constructor(config: NormalConfig = {}) {
    super(config);
    this.mean = config.mean ?? 0;
    this.stddev = config.stddev ?? 1;
  }

  protected override fill(values: Float32Array, _shape: readonly number[], random: CounterRandom): void {
    random.fillNormal(values, this.stddev);
    if (this.mean !== 0) {
      for (let i = 0; i < values.length; ++i) {
        values[i] = (values[i] ?? 0) + this.mean;
      }
    }
  }

  override getConfig(): serialization.ConfigDict {
    return {...super.getConfig(), mean: this.mean, stddev: this.stddev};
  }
}
