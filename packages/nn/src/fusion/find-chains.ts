// SPDX-License-Identifier: Apache-2.0
import type {Activation} from '@addernet/core';
import type * as tfl from '@tensorflow/tfjs-layers';
import {AdderConv2D} from '../layers/adder-conv2d.js';
import {AdderDense} from '../layers/adder-dense.js';
import {BatchNormalization} from '../layers/batch-normalization.js';
import {Conv2DLayer} from '../layers/conv2d-layer.js';
import {Conv2D} from '../layers/conv2d.js';
import {Dense} from '../layers/dense.js';
import {DenseLayer} from '../layers/dense-layer.js';
import type {GraphNode, ModelGraph} from './model-graph.js';

/** An operator's layer and what follows it, to become one layer. */
export interface Chain {
  readonly head: GraphNode;
  readonly layer: Conv2DLayer | DenseLayer;
  readonly batchNormalization: BatchNormalization | undefined;
  /** The other operand of the addition, if there is one. */
  readonly residual: tfl.SymbolicTensor | undefined;
  readonly activation: Activation;
  /** The uses behind the head that are part of it, in order; not empty. */
  readonly absorbed: readonly GraphNode[];
  /** What comes out at the end. */
  readonly output: tfl.SymbolicTensor;
}

/** A layer that could be part of a chain and is not. */
export interface Untouched {
  readonly layer: string;
  readonly reason: string;
}

/** Subclasses do something else, of which nothing is known. */
const FOLDABLE: ReadonlySet<unknown> = new Set([AdderConv2D, Conv2D, AdderDense, Dense]);

/** Finds the chains of a model: none has a use in common with another. */
export function findChains(graph: ModelGraph): {
  readonly chains: readonly Chain[];
  readonly untouched: readonly Untouched[];
} {
  const chains: Chain[] = [];
  const untouched: Untouched[] = [];
  const taken = new Set<GraphNode>();
  for (const head of graph.nodes) {
    const layer = head.outboundLayer;
    if (!(layer instanceof Conv2DLayer || layer instanceof DenseLayer)) continue;
    const found = isFoldable(layer, graph) ?? followHead(head, layer, graph, taken);
    if (typeof found === 'string') {
      untouched.push({layer: layer.name, reason: found});
      continue;
    }
    found.absorbed.forEach((node) => taken.add(node));
    chains.push(found);
  }
  for (const node of graph.nodes) {
    const layer = node.outboundLayer;
    if (!(layer instanceof BatchNormalization) || taken.has(node)) continue;
    const [input] = node.inboundLayers;
    const reason = `follows ${input === undefined ? 'no layer' : described(input)}, with which it does not make one layer`;
    untouched.push({layer: layer.name, reason});
  }
  return {chains, untouched};
}

/** @returns the reason why not, if so */
function isFoldable(layer: Conv2DLayer | DenseLayer, graph: ModelGraph): string | undefined {
  if (!FOLDABLE.has(layer.constructor))
    return `${layer.getClassName()} is no layer of @addernet/nn that has a fused form`;
  if (graph.isShared(layer)) return 'is used more than once';
  return undefined;
}

/** @returns the chain, or why there is none */
function followHead(
  head: GraphNode,
  layer: Conv2DLayer | DenseLayer,
  graph: ModelGraph,
  taken: ReadonlySet<GraphNode>,
): Chain | string {
  const [start] = head.outputTensors;
  if (start === undefined) return 'has no output';
  let output = start;
  const absorbed: GraphNode[] = [];
  const next = (): GraphNode | undefined => {
    const node = graph.onlyConsumer(output);
    return node === undefined || taken.has(node) ? undefined : node;
  };
  const absorb = (node: GraphNode): void => {
    absorbed.push(node);
    output = node.outputTensors[0] ?? output;
  };

  let batchNormalization: BatchNormalization | undefined;
  let node = next();
  if (node?.outboundLayer instanceof BatchNormalization) {
    batchNormalization = node.outboundLayer;
    absorb(node);
    node = next();
  } else if (layer instanceof DenseLayer) {
    return 'is not followed by batch normalisation alone, without which fusing gains nothing here';
  }
  let residual: tfl.SymbolicTensor | undefined;
  if (node !== undefined && layer instanceof Conv2DLayer) {
    residual = otherOperand(node, output);
    if (residual !== undefined) {
      absorb(node);
      node = next();
    }
  }
  const activation = node === undefined ? undefined : activationOf(node.outboundLayer);
  if (node !== undefined && activation !== undefined) absorb(node);
  if (absorbed.length === 0) return `its output goes to ${consumers(graph, output)}`;
  return {head, layer, batchNormalization, residual, activation: activation ?? 'linear', absorbed, output};
}

function consumers(graph: ModelGraph, tensor: tfl.SymbolicTensor): string {
  const only = graph.onlyConsumer(tensor);
  return only === undefined ? graph.consumersInWords(tensor) : described(only.outboundLayer);
}

/** What is added to a tensor, where a use is the addition of two tensors of one known shape. */
function otherOperand(node: GraphNode, tensor: tfl.SymbolicTensor): tfl.SymbolicTensor | undefined {
  if (node.outboundLayer.getClassName() !== 'Add' || node.inputTensors.length !== 2) return undefined;
  const other = node.inputTensors.find(({id}) => id !== tensor.id);
  if (other === undefined) return undefined;
  // Sizes that are not known could be 1, and be broadcast.
  const [, ...sizes] = tensor.shape;
  const [, ...otherSizes] = other.shape;
  const same = sizes.length === otherSizes.length && sizes.every((size, i) => size !== null && size === otherSizes[i]);
  return same ? other : undefined;
}

/** An activation of the fused ops that a layer is, or undefined. */
function activationOf(layer: tfl.layers.Layer): Activation | undefined {
  const config = layer.getConfig();
  const className = layer.getClassName();
  if (className === 'ReLU') {
    const {maxValue} = config;
    if (maxValue === undefined || maxValue === null) return 'relu';
    return maxValue === 6 ? 'relu6' : undefined;
  }
  if (className !== 'Activation') return undefined;
  const {activation} = config;
  return activation === 'relu' || activation === 'relu6' ? activation : undefined;
}

function described(layer: tfl.layers.Layer): string {
  return `${layer.getClassName()} '${layer.name}'`;
}
