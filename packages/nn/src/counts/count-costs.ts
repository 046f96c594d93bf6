// SPDX-License-Identifier: Apache-2.0
import {ArgumentError} from '@addernet/core';
import type {EnergyByType, LayerCosts, ModelCosts, OperationCounts, Operator} from '@addernet/plugin';
import type * as tfl from '@tensorflow/tfjs-layers';
import {fuseForInference, type FusedModel} from '../fusion/fuse-for-inference.js';
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

/** Every layer's costs, from the input on; reshapes and the like are left out. */
function layerCosts(model: tfl.LayersModel, known: readonly Operator[]): LayerCosts[] {
  const seen = new Set<number>();
  return layerUses(model).flatMap((use): LayerCosts[] => {
    if (isView(use)) return [];
    const {layer, inputShapes, outputShape} = use;
    const {name} = layer;
    const taps = tapsOf(use, known);
    const weightElements = sizeOf(layer.weights, name);
    const isFirstUse = !seen.has(layer.id);
    seen.add(layer.id);
    return [
      {
        layer: name,
        className: layer.getClassName(),
        kind: 'operator',
        ...(taps === undefined ? {} : {operator: taps.operator.name}),
        taps: taps?.taps ?? 0,
        ...(taps === undefined ? elementwise(use) : tapCosts(use, taps)),
        outputShape: outputShape.slice(1).map((size) => elementCount([size], name)),
        inputElements: inputShapes.reduce((total, shape) => total + elementCount(shape.slice(1), name), 0),
        outputElements: elementCount(outputShape.slice(1), name),
        weightElements,
        parameters: isFirstUse ? weightElements : 0,
        trainableParameters: isFirstUse ? sizeOf(layer.trainableWeights, name) : 0,
      },
    ];
  });
}

/** Layers of the inference form; undefined where a layer of the model cannot be copied into one. */
async function fusedCosts(model: tfl.LayersModel, known: readonly Operator[]): Promise<LayerCosts[] | undefined> {
  let form: FusedModel;
  try {
    form = await fuseForInference(model);
  } catch (error) {
    if (error instanceof ArgumentError) return undefined;
    throw error;
  }
  try {
    const absorbed = new Map(form.fused.map((chain) => [chain.layer, chain.absorbed]));
    return layerCosts(form.model, known).map((costs) => {
      const taken = absorbed.get(costs.layer);
      return taken === undefined ? costs : {...costs, absorbed: taken};
    });
  } finally {
    form.model.dispose();
  }
}

/**
 * Everything that one image's forward pass costs at inference, layer by layer, of the model as it is and of its inference form
 * (`fuseForInference`): stem, head, biases, batch normalisations, activations, additions of branches and pooling included, with the activations
 * and weights that each layer reads and writes.
 *
 * Traffic is the least that separate kernels cause: each reads its inputs and weights once and writes its output once.
 *
 * @param operators besides this package's own
 * @throws ArgumentError for a layer with a kernel that belongs to no operator, and where sizes other than the batch are unknown
 */
export async function countCosts(model: tfl.LayersModel, operators: readonly Operator[] = []): Promise<ModelCosts> {
  const known = [...operators, convOperator, adderOperator];
  const layers = layerCosts(model, known);
  const fusedLayers = await fusedCosts(model, known);
  const used = known.filter(({name}) => layers.some(({operator}) => operator === name));
  return {
    layers,
    ...(fusedLayers === undefined ? {} : {fusedLayers}),
    operationEnergy: OPERATION_ENERGY,
    energySources: [...new Set([OPERATION_ENERGY_SOURCE, ...used.map(({energyPerTap}) => energyPerTap.source)])],
  };
}

function elementwise(use: LayerUse): Pick<LayerCosts, 'kind' | 'multiplications' | 'additions' | 'counted' | 'energy'> {
  const costs = elementwiseCosts(use);
  return {...costs, energy: energyOf(costs)};
}
