// SPDX-License-Identifier: Apache-2.0
import {ArgumentError} from '@addernet/core';
import type {OperationCounts, Operator} from '@addernet/plugin';
import * as tfl from '@tensorflow/tfjs-layers';
import {showShape} from '../layers/addernet-layer.js';
import {adderOperator} from '../operators/adder.js';
import {convOperator} from '../operators/conv.js';
import type {Shape} from '../tfl-types.js';

/** What one use of a layer costs in the forward pass of one image. */
export interface LayerOperations extends OperationCounts {
  readonly layer: string;
  readonly className: string;
  /** Name of the operator. */
  readonly operator: string;
  /** Filter elements applied, over all output positions. */
  readonly taps: number;
  /** [batch, …, channels]; batch is null. */
  readonly outputShape: Shape;
}

/** What a model costs in the forward pass of one image, in all and by layer. */
export interface ModelOperations extends OperationCounts {
  readonly taps: number;
  /** Arithmetic energy of the counted operations, in picojoule, by arithmetic type. */
  readonly energy: {readonly float32: number; readonly int8: number};
  readonly perLayer: readonly LayerOperations[];
}

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

/**
 * Operations of one image's forward pass in convolution-like and fully connected layers, stem and head included; bias, batch normalisation,
 * activations, additions of branches and pooling are not counted, as in the AdderNet paper. A layer has outHeight · outWidth · (elements of
 * its kernel) taps, and its operator says what a tap costs; layers of TF.js count as `conv`.
 *
 * @param operators besides this package's own: an operator's layers are known by their class name, their filters by the weight name 'kernel'.
 * @throws ArgumentError for a layer with a kernel that belongs to no operator, and where sizes other than the batch are unknown.
 */
export function countOperations(model: tfl.LayersModel, operators: readonly Operator[] = []): ModelOperations {
  const known = [...operators, convOperator, adderOperator];
  const perLayer: LayerOperations[] = [];
  const energy = {float32: 0, int8: 0};
  for (const {layer, inputShape, outputShape} of uses(model)) {
    const className = layer.getClassName();
    const operator = known.find(({layerClassNames}) => layerClassNames.includes(className));
    const builtIn = TFJS_LAYERS[className];
    const kernels = layer.weights.filter(({originalName}) => /(^|[/_])kernel$/.test(originalName));
    if (operator === undefined && builtIn === undefined) {
      if (kernels.length > 0) {
        throw new ArgumentError(
          `countOperations: layer ${layer.name} has a kernel, but its class ${className} belongs to none of the operators ` +
            `${known.map(({name}) => name).join(', ')}`,
        );
      }
      continue;
    }
    if (kernels.length === 0) {
      throw new ArgumentError(
        `countOperations: layer ${layer.name} (${className}) has no weight named 'kernel', so its taps are not known`,
      );
    }
    const {name, operationsPerTap, energyPerTap} = operator ?? convOperator;
    const positionShape = operator === undefined && builtIn === 'input' ? inputShape : outputShape;
    const kernelSize = kernels.reduce((sum, kernel) => sum + size(kernel.shape, layer.name), 0);
    const taps = size(positionShape.slice(1, -1), layer.name) * kernelSize;
    perLayer.push({
      layer: layer.name,
      className,
      operator: name,
      taps,
      outputShape,
      multiplications: taps * operationsPerTap.multiplications,
      additions: taps * operationsPerTap.additions,
    });
    energy.float32 += taps * energyPerTap.float32;
    energy.int8 += taps * energyPerTap.int8;
  }
  const total = (key: 'taps' | 'multiplications' | 'additions'): number =>
    perLayer.reduce((sum, layer) => sum + layer[key], 0);
  return {
    taps: total('taps'),
    multiplications: total('multiplications'),
    additions: total('additions'),
    energy,
    perLayer,
  };
}

interface LayerUse {
  readonly layer: tfl.layers.Layer;
  readonly inputShape: Shape;
  readonly outputShape: Shape;
}

/** Every use of a layer between a model's inputs and outputs, from the inputs on: a shared layer has several. */
function uses(model: tfl.LayersModel): LayerUse[] {
  const found: LayerUse[] = [];
  const seen = new Set<number>();
  const inputs = new Set(model.inputs.map(({id}) => id));
  const visit = (tensor: tfl.SymbolicTensor): void => {
    const layer = tensor.sourceLayer;
    const node = layer.inboundNodes[tensor.nodeIndex];
    if (node === undefined || seen.has(node.id)) {
      return;
    }
    seen.add(node.id);
    if (inputs.has(tensor.id)) {
      return;
    }
    node.inputTensors.forEach(visit);
    if (layer instanceof tfl.LayersModel) {
      found.push(...uses(layer));
    } else {
      found.push({layer, inputShape: firstShape(node.inputShapes), outputShape: firstShape(node.outputShapes)});
    }
  };
  model.outputs.forEach(visit);
  return found;
}

function firstShape(shapes: Shape | Shape[]): Shape {
  const shape: Shape = [];
  for (const entry of shapes) {
    if (Array.isArray(entry)) {
      return entry;
    }
    shape.push(entry);
  }
  return shape;
}

function size(shape: Shape, layer: string): number {
  return shape.reduce<number>((product, dimension) => {
    if (dimension === null) {
      throw new ArgumentError(
        `countOperations: layer ${layer} has the size ${showShape(shape)}; build the model with known heights and widths`,
      );
    }
    return product * dimension;
  }, 1);
}
