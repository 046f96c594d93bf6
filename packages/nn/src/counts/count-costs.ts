// SPDX-License-Identifier: Apache-2.0
import type {EnergyByType, FusedLayerCosts, LayerCosts, ModelCosts, OperationCounts, Operator} from '@addernet/plugin';
import type * as tfl from '@tensorflow/tfjs-layers';
import {adderOperator} from '../operators/adder.js';
import {convOperator} from '../operators/conv.js';
import {OPERATION_ENERGY, OPERATION_ENERGY_SOURCE} from '../operators/energy.js';
import {elementwiseCosts, isView, ownActivation} from './elementwise.js';
import {elementCount, layerUses, type LayerUse} from './layer-uses.js';
import {type Taps, tapsOf} from './taps.js';

const sizeOf = (weights: readonly tfl.LayerVariable[], layer: string): number =>
  weights.reduce((sum, {shape}) => sum + elementCount(shape, layer), 0);

function energyOf({multiplications, additions}: OperationCounts): EnergyByType {
  const inType = ({multiplication, addition}: {multiplication: number; addition: number}): number =>
    multiplications * multiplication + additions * addition;
  return {float32: inType(OPERATION_ENERGY.float32), int8: inType(OPERATION_ENERGY.int8)};
}

const sum = (a: EnergyByType, b: EnergyByType): EnergyByType => ({
  float32: a.float32 + b.float32,
  int8: a.int8 + b.int8,
});

/**
 * Operations and energy of a layer with taps: what its operator says of a tap, an addition per output for a bias, its own activation; of a fused layer
 * also a multiplication and an addition per output for scale and offset, and another one for a residual.
 */
function tapCosts(
  use: LayerUse,
  {operator, taps}: Taps,
): Pick<LayerCosts, 'multiplications' | 'additions' | 'energy' | 'counted'> {
  const {layer, outputShape} = use;
  const {operationsPerTap, energyPerTap} = operator;
  const has = (weight: RegExp) => layer.weights.some(({originalName}) => weight.test(originalName));
  const elements = elementCount(outputShape.slice(1), layer.name);
  const added = [has(/(^|[/_])bias$/), has(/(^|[/_])offset$/), use.inputShapes.length > 1].filter(Boolean).length;
  const activation = ownActivation(use);
  const further = {
    multiplications: activation.multiplications + (has(/(^|[/_])scale$/) ? elements : 0),
    additions: activation.additions + added * elements,
  };
  return {
    multiplications: taps * operationsPerTap.multiplications + further.multiplications,
    additions: taps * operationsPerTap.additions + further.additions,
    energy: sum({float32: taps * energyPerTap.float32, int8: taps * energyPerTap.int8}, energyOf(further)),
    counted: activation.counted,
  };
}

/**
 * What is left of a batch normalisation, or an activation behind one, when the layer with taps before it takes it over. A convolution is
 * linear in its filter, which then takes up the factor: an addition per element and an offset per channel are left. Behind any other operator
 * factor and offset stay: the same operations, on two weights per channel.
 */
function fusedCosts(use: LayerUse, costs: LayerCosts, head: LayerCosts): FusedLayerCosts {
  if (costs.kind === 'activation') {
    const {multiplications, additions, energy} = costs;
    return {into: head.layer, multiplications, additions, weightElements: costs.weightElements, energy};
  }
  const elements = costs.outputElements;
  const channels = use.outputShape.at(-1) ?? 1;
  const isFolded = head.operator === convOperator.name;
  const operations = {multiplications: isFolded ? 0 : elements, additions: elements};
  return {
    into: head.layer,
    ...operations,
    weightElements: isFolded ? channels : 2 * channels,
    energy: energyOf(operations),
  };
}

/**
 * Everything that one image's forward pass costs at inference, layer by layer: stem, head, biases, batch normalisations, activations,
 * additions of branches and pooling included, with the activations and weights that each layer reads and writes.
 *
 * Traffic is the least that separate kernels cause: each reads its inputs and weights once and writes its output once. `fused` says what is
 * left of a layer whose work the convolution-like layer before it can take over: a batch normalisation that alone reads that layer's output, and
 * a ReLU that alone reads what comes of it.
 *
 * @param operators besides this package's own
 * @throws ArgumentError for a layer with a kernel that belongs to no operator, and where sizes other than the batch are unknown
 */
export function countCosts(model: tfl.LayersModel, operators: readonly Operator[] = []): ModelCosts {
  const known = [...operators, convOperator, adderOperator];
  const layers: LayerCosts[] = [];
  const sources = new Set<string>([OPERATION_ENERGY_SOURCE]);
  const seen = new Set<number>();
  /** The layer with taps that a use belongs to when fused, and whether an activation has closed the chain. */
  const heads = new Map<LayerUse, {readonly head: LayerCosts; readonly last: LayerCosts}>();
  for (const use of layerUses(model)) {
    if (isView(use)) continue;
    const {layer, inputShapes, outputShape} = use;
    const {name} = layer;
    const taps = tapsOf(use, known);
    if (taps !== undefined) sources.add(taps.operator.energyPerTap.source);
    const operations = taps === undefined ? elementwise(use) : tapCosts(use, taps);
    const weightElements = sizeOf(layer.weights, name);
    const isFirstUse = !seen.has(layer.id);
    seen.add(layer.id);
    const plain: LayerCosts = {
      layer: name,
      className: layer.getClassName(),
      kind: 'operator',
      ...(taps === undefined ? {} : {operator: taps.operator.name}),
      taps: taps?.taps ?? 0,
      ...operations,
      outputShape: outputShape.slice(1).map((size) => elementCount([size], name)),
      inputElements: inputShapes.reduce((total, shape) => total + elementCount(shape.slice(1), name), 0),
      outputElements: elementCount(outputShape.slice(1), name),
      weightElements,
      parameters: isFirstUse ? weightElements : 0,
      trainableParameters: isFirstUse ? sizeOf(layer.trainableWeights, name) : 0,
    };
    const [producer] = use.producers;
    const chain = producer === undefined || producer.consumers !== 1 ? undefined : heads.get(producer);
    const fits =
      chain !== undefined &&
      use.producers.length === 1 &&
      inputShapes.length === 1 &&
      ((plain.kind === 'batch-normalization' && chain.last.kind === 'operator') ||
        (plain.kind === 'activation' && plain.counted && chain.last.kind !== 'activation'));
    const costs = fits ? {...plain, fused: fusedCosts(use, plain, chain.head)} : plain;
    layers.push(costs);
    if (taps !== undefined) heads.set(use, {head: costs, last: costs});
    else if (fits) heads.set(use, {head: chain.head, last: costs});
  }
  return {layers, operationEnergy: OPERATION_ENERGY, energySources: [...sources]};
}

function elementwise(use: LayerUse): Pick<LayerCosts, 'kind' | 'multiplications' | 'additions' | 'counted' | 'energy'> {
  const costs = elementwiseCosts(use);
  return {...costs, energy: energyOf(costs)};
}
