// SPDX-License-Identifier: Apache-2.0
import {ArgumentError} from '@addernet/core';
import type {Operator} from '@addernet/plugin';
import {convOperator} from '../operators/conv.js';
import {elementCount, type LayerUse} from './layer-uses.js';

/** TF.js's layers that multiply and add once per tap, by whether taps are counted over output or input positions. */
const TFJS_LAYERS: Readonly<Record<string, 'output' | 'input'>> = {
  Dense: 'output',
  Conv1D: 'output',
  Conv2D: 'output',
  Conv3D: 'output',
  DepthwiseConv2D: 'output',
  SeparableConv2D: 'output',
  Conv2DTranspose: 'input',
  Conv3DTranspose: 'input',
};

/** A convolution-like or fully connected layer's taps, and whose they are. */
export interface Taps {
  readonly operator: Operator;
  readonly taps: number;
}

/**
 * Taps of a use: outHeight · outWidth · (elements of its kernel); undefined for a layer without any.
 *
 * @param known every operator, the strongest first; layers of TF.js count as `conv`
 * @throws ArgumentError for a layer with a kernel that belongs to no operator, and where sizes other than the batch are unknown
 */
export function tapsOf({layer, inputShapes, outputShape}: LayerUse, known: readonly Operator[]): Taps | undefined {
  const className = layer.getClassName();
  const operator = known.find(({layerClassNames}) => layerClassNames.includes(className));
  const builtIn = TFJS_LAYERS[className];
  const kernels = layer.weights.filter(({originalName}) => /(^|[/_])kernel$/.test(originalName));
  if (operator === undefined && builtIn === undefined) {
    if (kernels.length === 0) return undefined;
    throw new ArgumentError(
      `countOperations: layer ${layer.name} has a kernel, but its class ${className} belongs to none of the operators ` +
        `${known.map(({name}) => name).join(', ')}`,
    );
  }
  if (kernels.length === 0) {
    throw new ArgumentError(
      `countOperations: layer ${layer.name} (${className}) has no weight named 'kernel', so its taps are not known`,
    );
  }
  const positionShape = operator === undefined && builtIn === 'input' ? (inputShapes[0] ?? []) : outputShape;
  const kernelSize = kernels.reduce((sum, kernel) => sum + elementCount(kernel.shape, layer.name), 0);
  return {
    operator: operator ?? convOperator,
    taps: elementCount(positionShape.slice(1, -1), layer.name) * kernelSize,
  };
}
