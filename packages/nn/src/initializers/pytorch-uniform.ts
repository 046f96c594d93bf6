// SPDX-License-Identifier: Apache-2.0
import {ArgumentError, type CounterRandom} from '@addernet/core';
import {fans} from './fans.js';
import {SeededInitializer, type WeightStream} from './seeded-initializer.js';

/**
 * U(−1/√fanIn, 1/√fanIn): what PyTorch's Linear and Conv2d give their weights by default (Kaiming uniform with a = √5) and, with the fan-in
 * of the layer, their biases.
 */
export class PyTorchUniform extends SeededInitializer {
  static readonly className: string = 'AddernetPyTorchUniform';

  protected override fill(
    values: Float32Array,
    shape: readonly number[],
    random: CounterRandom,
    stream: WeightStream,
  ): void {
    const fanIn = stream.fanIn ?? (shape.length > 1 ? fans('PyTorchUniform', shape).fanIn : undefined);
    if (fanIn === undefined) {
      throw new ArgumentError(
        'PyTorchUniform: a bias has no fan-in of its own; use it in the layers of @addernet/nn, which give it their filter’s',
      );
    }
    const bound = 1 / Math.sqrt(fanIn);
    random.fillUniform(values, -bound, bound);
  }
}
