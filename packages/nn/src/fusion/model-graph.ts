// SPDX-License-Identifier: Apache-2.0
import type * as tfl from '@tensorflow/tfjs-layers';

/** One use of a layer, as TF.js keeps it. */
export type GraphNode = tfl.layers.Layer['inboundNodes'][number];

/** A model as uses of layers and the tensors between them. */
export interface ModelGraph {
  /** From the inputs on; without those. */
  readonly nodes: readonly GraphNode[];
  /** The use that a tensor comes out of. @throws TypeError for a tensor that is not of this model */
  producer(tensor: tfl.SymbolicTensor): GraphNode;
  /** The use that alone takes a tensor; undefined where there are others, or the tensor is an output of the model. */
  onlyConsumer(tensor: tfl.SymbolicTensor): GraphNode | undefined;
  /** Who takes a tensor, for messages: `2 layers`, `the model's output`. */
  consumersInWords(tensor: tfl.SymbolicTensor): string;
  /** Whether a layer is used more than once in this model. */
  isShared(layer: tfl.layers.Layer): boolean;
}

/** Reads what lies between a model's inputs and outputs. Nested models are layers here. */
export function modelGraph(model: tfl.LayersModel): ModelGraph {
  const nodes: GraphNode[] = [];
  const producers = new Map<number, GraphNode>();
  const consumers = new Map<number, GraphNode[]>();
  const uses = new Map<tfl.layers.Layer, number>();
  const inputs = new Set(model.inputs.map(({id}) => id));
  const outputs = new Set(model.outputs.map(({id}) => id));
  const seen = new Set<number>();
  const visit = (tensor: tfl.SymbolicTensor): void => {
    if (inputs.has(tensor.id)) return;
    const node = tensor.sourceLayer.inboundNodes[tensor.nodeIndex];
    if (node === undefined) throw new TypeError(`modelGraph: tensor ${tensor.name} comes out of no use of a layer`);
    if (seen.has(node.id)) return;
    seen.add(node.id);
    for (const input of node.inputTensors) {
      visit(input);
      consumers.set(input.id, [...(consumers.get(input.id) ?? []), node]);
    }
    for (const output of node.outputTensors) producers.set(output.id, node);
    uses.set(node.outboundLayer, (uses.get(node.outboundLayer) ?? 0) + 1);
    nodes.push(node);
  };
  model.outputs.forEach(visit);
  return {
    nodes,
    producer(tensor) {
      const node = producers.get(tensor.id);
      if (node === undefined)
        throw new TypeError(`modelGraph: tensor ${tensor.name} is not between inputs and outputs`);
      return node;
    },
    onlyConsumer(tensor) {
      const [first, ...others] = consumers.get(tensor.id) ?? [];
      return others.length === 0 && !outputs.has(tensor.id) ? first : undefined;
    },
    consumersInWords(tensor) {
      const count = consumers.get(tensor.id)?.length ?? 0;
      const layers = count === 0 ? [] : [`${count} ${count === 1 ? 'layer' : 'layers'}`];
      return [...layers, ...(outputs.has(tensor.id) ? ["the model's output"] : [])].join(' and ');
    },
    isShared: (layer) => (uses.get(layer) ?? 0) > 1,
  };
}
