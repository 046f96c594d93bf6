// SPDX-License-Identifier: Apache-2.0
import {ArgumentError} from '@addernet/core';
import * as tfl from '@tensorflow/tfjs-layers';
import {showShape} from '../layers/addernet-layer.js';
import type {Shape} from '../tfl-types.js';

/** One use of a layer in a model. */
export interface LayerUse {
  readonly layer: tfl.layers.Layer;
  readonly inputShapes: readonly Shape[];
  readonly outputShape: Shape;
}

/** Every use of a layer between a model's inputs and outputs, from the inputs on: a shared layer has several. Nested models are entered. */
export function layerUses(model: tfl.LayersModel): readonly LayerUse[] {
  const found: LayerUse[] = [];
  const seen = new Set<number>();
  const inputs = new Set(model.inputs.map(({id}) => id));
  const visit = (tensor: tfl.SymbolicTensor): void => {
    const layer = tensor.sourceLayer;
    const node = layer.inboundNodes[tensor.nodeIndex];
    if (node === undefined || seen.has(node.id)) return;
    seen.add(node.id);
    if (inputs.has(tensor.id)) return;
    node.inputTensors.forEach(visit);
    if (layer instanceof tfl.LayersModel) {
      found.push(...layerUses(layer));
    } else {
      const [outputShape = []] = shapesOf(node.outputShapes);
      found.push({layer, inputShapes: shapesOf(node.inputShapes), outputShape});
    }
  };
  model.outputs.forEach(visit);
  return found;
}

function shapesOf(shapes: Shape | Shape[]): Shape[] {
  const list: Shape[] = [];
  const single: Shape = [];
  for (const entry of shapes) {
    if (Array.isArray(entry)) list.push(entry);
    else single.push(entry);
  }
  return list.length > 0 ? list : [single];
}

/**
 * Number of elements of a shape without a batch.
 *
 * @throws ArgumentError where a size is not known
 */
export function elementCount(shape: Shape, layer: string): number {
  return shape.reduce<number>((product, dimension) => {
    if (dimension === null) {
      throw new ArgumentError(
        `countOperations: layer ${layer} has the size ${showShape(shape)}; build the model with known heights and widths`,
      );
    }
    return product * dimension;
  }, 1);
}
