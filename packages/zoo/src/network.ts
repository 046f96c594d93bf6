// SPDX-License-Identifier: Apache-2.0
import * as tfl from '@tensorflow/tfjs-layers';
import {batchNormalization, convOperator} from '@addernet/nn';
import type {Layer, Operator} from '@addernet/plugin';
import {OperatorContractError} from './errors.js';

/** A 2-D layer of the zoo: zero padding by the same number of pixels on all four sides. */
export interface ConvolutionLike {
  readonly filters: number;
  readonly kernelSize: number;
  /** Default 1. */
  readonly strides?: number;
  /** Pixels on each side; default 0. TensorFlow's 'same' would pad asymmetrically at stride 2. */
  readonly padding?: number;
  /** Default 1; as many as input channels in a depthwise layer. */
  readonly groups?: number;
  /** Default false: batch normalisation follows. */
  readonly useBias?: boolean;
}

export interface FullyConnected {
  readonly units: number;
  readonly useBias: boolean;
}

/**
 * Adds named layers to a network under construction. `operator` is the network's parameter; layers that the papers keep as ordinary
 * convolutions take `ordinary`, so that an adder network and its twin differ in the operator's layers only.
 */
export class Network {
  readonly ordinary: Operator = convOperator;

  constructor(
    readonly operator: Operator,
    readonly seed: number,
  ) {}

  /** [batch, height, width, channels] to [batch, outHeight, outWidth, filters]. */
  conv2d(operator: Operator, name: string, input: tfl.SymbolicTensor, request: ConvolutionLike): tfl.SymbolicTensor {
    const {filters, kernelSize, strides = 1, padding = 0, groups = 1, useBias = false} = request;
    const outSize = (size: number | null | undefined) =>
      typeof size === 'number' ? Math.floor((size + 2 * padding - kernelSize) / strides) + 1 : null;
    return this.#applyOperator(
      operator,
      name,
      operator.conv2d({name, filters, kernelSize, strides, padding, groups, useBias, seed: this.seed}),
      input,
      [null, outSize(input.shape[1]), outSize(input.shape[2]), filters],
    );
  }

  /** [batch, features] to [batch, units]. */
  dense(operator: Operator, name: string, input: tfl.SymbolicTensor, request: FullyConnected): tfl.SymbolicTensor {
    const {units, useBias} = request;
    const layer = operator.dense({name, units, useBias, seed: this.seed});
    return this.#applyOperator(operator, name, layer, input, [null, units]);
  }

  batchNorm(name: string, input: tfl.SymbolicTensor): tfl.SymbolicTensor {
    return applyLayer(batchNormalization({name}), input);
  }

  relu(name: string, input: tfl.SymbolicTensor): tfl.SymbolicTensor {
    return applyLayer(tfl.layers.reLU({name}), input);
  }

  /** min(max(x, 0), 6). */
  relu6(name: string, input: tfl.SymbolicTensor): tfl.SymbolicTensor {
    return applyLayer(tfl.layers.reLU({name, maxValue: 6}), input);
  }

  add(name: string, left: tfl.SymbolicTensor, right: tfl.SymbolicTensor): tfl.SymbolicTensor {
    return applyLayer(tfl.layers.add({name}), [left, right]);
  }

  /** 2×2, stride 2; an odd last row or column is left out, as in PyTorch. */
  maxPool(name: string, input: tfl.SymbolicTensor): tfl.SymbolicTensor {
    return applyLayer(tfl.layers.maxPooling2d({name, poolSize: 2, strides: 2, padding: 'valid'}), input);
  }

  /**
   * 3×3, stride 2, one pixel of padding on all sides, as in the stem of residual networks. Padded by zeros rather than by −∞, which is the same
   * where no value is negative.
   */
  maxPoolAfterRelu(name: string, input: tfl.SymbolicTensor): tfl.SymbolicTensor {
    const padded = applyLayer(tfl.layers.zeroPadding2d({name: `${name}.pad`, padding: [1, 1]}), input);
    return applyLayer(tfl.layers.maxPooling2d({name, poolSize: 3, strides: 2, padding: 'valid'}), padded);
  }

  flatten(name: string, input: tfl.SymbolicTensor): tfl.SymbolicTensor {
    return applyLayer(tfl.layers.flatten({name}), input);
  }

  /**
   * The head of the AdderNet authors' residual networks: global average pooling, ordinary 1×1 convolution to the classes on the
   * [1, 1, channels] map, batch normalisation of the logits. Returns [batch, numClasses].
   *
   * @param options useBias: the convolution has a bias, as in their resnet50.py (resnet20.py has none); default false
   */
  poolingHead(
    input: tfl.SymbolicTensor,
    numClasses: number,
    {useBias = false}: {readonly useBias?: boolean} = {},
  ): tfl.SymbolicTensor {
    const channels = input.shape[input.shape.length - 1];
    let x = applyLayer(tfl.layers.globalAveragePooling2d({name: 'head.pool'}), input);
    x = applyLayer(tfl.layers.reshape({name: 'head.map', targetShape: [1, 1, channels]}), x);
    x = this.conv2d(this.ordinary, 'head.conv', x, {filters: numClasses, kernelSize: 1, useBias});
    x = this.batchNorm('head.bn', x);
    return this.flatten('logits', x);
  }

  /** Global average pooling and an ordinary fully connected layer with bias. Returns [batch, numClasses]. */
  denseHead(input: tfl.SymbolicTensor, numClasses: number): tfl.SymbolicTensor {
    const x = applyLayer(tfl.layers.globalAveragePooling2d({name: 'head.pool'}), input);
    return this.dense(this.ordinary, 'head.dense', x, {units: numClasses, useBias: true});
  }

  #applyOperator(
    operator: Operator,
    name: string,
    layer: Layer,
    input: tfl.SymbolicTensor,
    expectedShape: readonly (number | null)[],
  ): tfl.SymbolicTensor {
    if (layer.name !== name) {
      throw new OperatorContractError(operator.name, name, `its layer is named '${layer.name}'; names must be kept`);
    }
    const output = applyLayer(layer, input);
    if (output.shape.length !== expectedShape.length || output.shape.some((size, i) => size !== expectedShape[i])) {
      throw new OperatorContractError(
        operator.name,
        name,
        `its layer makes ${shapeText(output.shape)} of ${shapeText(input.shape)}; expected ${shapeText(expectedShape)}`,
      );
    }
    return output;
  }
}

/** Applies a layer with one output to symbolic tensors. */
export function applyLayer(layer: Layer, input: tfl.SymbolicTensor | tfl.SymbolicTensor[]): tfl.SymbolicTensor {
  const output = layer.apply(input);
  if (output instanceof tfl.SymbolicTensor) {
    return output;
  }
  throw new TypeError(
    `layer '${layer.name}' (${layer.getClassName()}) did not answer with one symbolic tensor; expected a layer with one output, made ` +
      `by the same copy of @tensorflow/tfjs-layers as the model`,
  );
}

function shapeText(shape: readonly (number | null)[]): string {
  return `[${shape.map((size) => size ?? 'batch').join(', ')}]`;
}
