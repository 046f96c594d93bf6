// SPDX-License-Identifier: Apache-2.0
import {CounterRandom} from '@addernet/core';
import type {ConformanceCase, LabelledAttributes, OpRecord, OpRecordDefinition} from './op-record.js';

/** Closes a typed record over its attributes. */
export function defineOpRecord<Attributes>(definition: OpRecordDefinition<Attributes>): OpRecord {
  return {
    name: definition.name,
    functionName: definition.functionName,
    kernels: definition.kernels,
    inputs: definition.inputs,
    outputs: definition.outputs,
    shapeRule: definition.shapeRule,
    attributeGrid: definition.attributeGrid,
    tolerance: definition.tolerance,
    gradients: definition.gradients,
    edgeCases: () => definition.edgeAttributes.map((point) => bindCase(definition, point)),
    randomCase: (label, random) =>
      bindCase(definition, {label, sample: false, attributes: definition.randomAttributes(random)}),
  };
}

function bindCase<Attributes>(
  definition: OpRecordDefinition<Attributes>,
  {label, sample, attributes}: LabelledAttributes<Attributes>,
): ConformanceCase {
  const id = `${definition.name}/${label}`;
  return {
    id,
    op: definition.name,
    sample,
    attributes: definition.describe(attributes),
    ...definition.shapes(attributes),
    gradientKinds: definition.gradientKinds(attributes),
    bitExact: definition.bitExact,
    call: (inputs) => definition.call(attributes, inputs),
    values: (domain, seed) =>
      definition.values(attributes, domain, (stream) => new CounterRandom(seed, id, domain, stream)),
    reference: (inputs) => definition.reference(attributes, inputs),
    referenceGradients: (inputs, dy) => definition.referenceGradients(attributes, inputs, dy),
    bounds: (inputs) => definition.bounds(attributes, inputs),
    gradientBounds: (inputs, dy) => definition.gradientBounds(attributes, inputs, dy),
    nonFinitePlacements: (seed) =>
      !sample ? [] : definition.nonFinitePlacements(attributes, new CounterRandom(seed, id, 'non-finite')),
  };
}
