// SPDX-License-Identifier: Apache-2.0
import {ArgumentError, type CounterRandom} from '@addernet/core';
import type {serialization} from '@tensorflow/tfjs-core';
import {fans} from './fans.js';
import {SeededInitializer, type SeededInitializerConfig} from './seeded-initializer.js';

export interface KaimingNormalConfig extends SeededInitializerConfig {
  /** Default 'fanOut'. */
  mode?: 'fanIn' | 'fanOut';
}

/**
 * N(0, 2 / fan), for layers that a ReLU follows (He et al., arXiv 1502.01852, eq. 10 and 14). With the fan-out it is what the AdderNet authors'
 * ResNet-50 and torchvision's ResNets give convolutions.
 */
export class KaimingNormal extends SeededInitializer {
  static readonly className: string = 'AddernetKaimingNormal';
  readonly mode: 'fanIn' | 'fanOut';

  constructor(config: KaimingNormalConfig = {}) {
    super(config);
    const mode = config.mode ?? 'fanOut';
    if (mode !== 'fanIn' && mode !== 'fanOut') {
      throw new ArgumentError(`KaimingNormal: mode must be 'fanIn' or 'fanOut'; got ${JSON.stringify(mode)}`);
    }
    this.mode = mode;
  }

  protected override fill(values: Float32Array, shape: readonly number[], random: CounterRandom): void {
    random.fillNormal(values, Math.sqrt(2 / fans('KaimingNormal', shape)[this.mode]));
  }

  override getConfig(): serialization.ConfigDict {
    return {...super.getConfig(), mode: this.mode};
  }
}
