// SPDX-License-Identifier: Apache-2.0
import type {MachineRates} from '@addernet/plugin';
import {intensityOf, type LayerAccount} from './accounting/model-account.js';
import {attainable} from './accounting/roofline.js';
import type {RooflinePoint} from './charts/roofline.js';
import {accountOf, type CostedArchitecture} from './costed-models.js';

/** The peak that an operator's kernels have here; that of the fastest operator for kernels of none. */
export function peakOf({peaks}: MachineRates, operator: string | undefined): number {
  const own = peaks.find((peak) => peak.operator === operator);
  return own?.operationsPerSecond ?? Math.max(...peaks.map(({operationsPerSecond}) => operationsPerSecond));
}

/** Operations per second that the roofs allow a kernel. */
export function attainableRate(layer: LayerAccount, machine: MachineRates): number {
  const operationsPerSecond = peakOf(machine, layer.operator);
  return attainable(intensityOf(layer), {operationsPerSecond, bytesPerSecond: machine.bytesPerSecond});
}

/** Every kernel of an architecture's models at the rate that the roofs allow it. */
export function attainablePoints(
  {models}: CostedArchitecture,
  machine: MachineRates,
  batch: number,
): readonly RooflinePoint[] {
  return models.flatMap((model) =>
    accountOf(model, 'plain', batch).layers.map((layer): RooflinePoint => ({
      ...(layer.operator === undefined ? {} : {series: layer.operator}),
      intensity: intensityOf(layer),
      rate: attainableRate(layer, machine),
    })),
  );
}
