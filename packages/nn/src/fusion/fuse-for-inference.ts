// SPDX-License-Identifier: Apache-2.0
import type {Activation} from '@addernet/core';
import * as tfl from '@tensorflow/tfjs-layers';
import {registerClasses} from '../register-classes.js';
import {copyLayer} from './copy-layer.js';
import {type Chain, findChains, type Untouched} from './find-chains.js';
import {fusedLayer, setFusedWeights} from './fuse-chain.js';
import {type GraphNode, modelGraph} from './model-graph.js';

/** Layers that became one. */
export interface FusedChain {
  /** The operator's layer, whose name the fused layer has. */
  readonly layer: string;
  /** The layers that it took in, in order: batch normalisation, addition, activation. */
  readonly absorbed: readonly string[];
  readonly activation: Activation;
  /** Whether an addition is among them. */
  readonly residual: boolean;
}

/** A model for inference, and how it differs from the one it was made of. */
export interface FusedModel {
  readonly model: tfl.LayersModel;
  readonly fused: readonly FusedChain[];
  /** Convolution-like, fully connected and batch-normalisation layers that are as they were, and why. */
  readonly untouched: readonly Untouched[];
}

/**
 * The inference form of a trained model: every `adderConv2d`, `conv2d`, `adderDense` and `dense` of this package becomes one layer with the batch
 * normalisation, the addition of a residual and the ReLU (or ReLU6) behind it, as far as each of them alone takes the one before. Batch normalisation
 * enters with its running statistics. Everything else is copied.
 *
 * What changes is rounding: `(y − mean)·factor + β` becomes `y·factor + (β − mean·factor)`. It moves logits about as far as
 * rounding the input once more does (docs/performance.md has what was measured).
 *
 * The model given is not changed and may go on training. The new one has weights of its own, under the same layer names: dispose of both. It predicts, is
 * saved and loaded like any other (`@addernet/nn/register`), and cannot be trained but for layers behind the last fused one.
 *
 * @throws ArgumentError for a layer that cannot be copied: one whose class does not make layers of its `getConfig`
 */
export async function fuseForInference(model: tfl.LayersModel): Promise<FusedModel> {
  // Copies find their initializers by name.
  registerClasses();
  const graph = modelGraph(model);
  const {chains, untouched} = findChains(graph);
  const chainAt = new Map(chains.map((chain) => [chain.output.id, chain]));
  const inChains = new Set(chains.flatMap(({head, absorbed}) => [head, ...absorbed]));
  // What cannot be copied is found before anything has weights.
  const copies = new Map<tfl.layers.Layer, tfl.layers.Layer>();
  for (const node of graph.nodes) {
    const layer = node.outboundLayer;
    if (inChains.has(node) || layer instanceof tfl.LayersModel || copies.has(layer)) continue;
    copies.set(layer, copyLayer(layer));
  }
  const nested = await fuseNested(graph.nodes);
  const built: {readonly chain: Chain; readonly layer: tfl.layers.Layer}[] = [];

  const tensors = new Map<number, tfl.SymbolicTensor>();
  const inputs = model.inputs.map((input) => {
    const copy = tfl.input({batchShape: input.shape, dtype: input.dtype, name: input.sourceLayer.name});
    tensors.set(input.id, copy);
    return copy;
  });
  const rebuilt = (tensor: tfl.SymbolicTensor): tfl.SymbolicTensor => {
    const known = tensors.get(tensor.id);
    if (known !== undefined) return known;
    const chain = chainAt.get(tensor.id);
    if (chain !== undefined) {
      const layer = fusedLayer(chain);
      built.push({chain, layer});
      const from = [...chain.head.inputTensors, ...(chain.residual === undefined ? [] : [chain.residual])];
      const [output] = applied(layer, from.map(rebuilt));
      tensors.set(tensor.id, output);
      return output;
    }
    const node = graph.producer(tensor);
    const copy = copies.get(node.outboundLayer) ?? nested.get(node.outboundLayer)?.model ?? node.outboundLayer;
    const outputs = applied(copy, node.inputTensors.map(rebuilt), node.callArgs);
    node.outputTensors.forEach(({id}, index) => tensors.set(id, outputs[index]));
    return outputs[node.outputTensors.findIndex(({id}) => id === tensor.id)];
  };
  const outputs = model.outputs.map(rebuilt);

  for (const {chain, layer} of built) await setFusedWeights(layer, chain);
  for (const [layer, copy] of copies) {
    if (layer.weights.length > 0) copy.setWeights(layer.getWeights());
  }
  const inner = [...nested.values()];
  return {
    model: tfl.model({inputs, outputs, name: model.name}),
    fused: [...chains.map(describeChain), ...inner.flatMap(({fused}) => fused)],
    untouched: [...untouched, ...inner.flatMap((result) => result.untouched)],
  };
}

/** Models that are layers of the model, each fused by itself. */
async function fuseNested(nodes: readonly GraphNode[]): Promise<ReadonlyMap<tfl.layers.Layer, FusedModel>> {
  const nested = new Map<tfl.layers.Layer, FusedModel>();
  for (const {outboundLayer: layer} of nodes) {
    if (layer instanceof tfl.LayersModel && !nested.has(layer)) nested.set(layer, await fuseForInference(layer));
  }
  return nested;
}

function applied(
  layer: tfl.layers.Layer,
  inputs: tfl.SymbolicTensor[],
  callArgs?: GraphNode['callArgs'],
): tfl.SymbolicTensor[] {
  const [single] = inputs;
  const outputs = layer.apply(inputs.length === 1 && single !== undefined ? single : inputs, callArgs);
  return (Array.isArray(outputs) ? outputs : [outputs]).map((output) => {
    if (output instanceof tfl.SymbolicTensor) return output;
    throw new TypeError(`fuseForInference: layer '${layer.name}' did not answer with symbolic tensors`);
  });
}

function describeChain({layer, absorbed, activation, residual}: Chain): FusedChain {
  return {
    layer: layer.name,
    absorbed: absorbed.map(({outboundLayer}) => outboundLayer.name),
    activation,
    residual: residual !== undefined,
  };
}
