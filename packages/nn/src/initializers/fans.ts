// SPDX-License-Identifier: Apache-2.0
import {ShapeError} from '@addernet/core';

/**
 * PyTorch's fan-in and fan-out of a weight of shape [...window, inChannels / groups, outChannels]: the window's elements times the
 * input or output channels. With groups the fan-out counts all output channels, as torch.nn.init does.
 */
export function fans(name: string, shape: readonly number[]): {readonly fanIn: number; readonly fanOut: number} {
  const [outputs, inputs, ...window] = [...shape].reverse();
  if (inputs === undefined || outputs === undefined) {
    throw new ShapeError(`${name}: a weight of rank 2 or more is needed to know its fans; got [${shape.join(', ')}]`);
  }
  const receptive = window.reduce((product, size) => product * size, 1);
  return {fanIn: receptive * inputs, fanOut: receptive * outputs};
}
