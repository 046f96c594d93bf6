// SPDX-License-Identifier: Apache-2.0
import type {
  InferenceSummary,
  LayerKind,
  LayerMeasurement,
  MachineRates,
  MeasuredModel,
  ModelForm,
  ModelMeasurement,
} from '@addernet/plugin';
import {
  accountModel,
  intensityOf,
  operationsOf,
  type LayerAccount,
  type ModelAccount,
} from './accounting/model-account.js';
import {rooflineSeconds} from './accounting/roofline.js';
import type {RooflinePoint} from './charts/roofline.js';
import {attainableRate, peakOf} from './roofline-points.js';

/** One kind of layer that was measured, with what it has to compute and to move. */
export interface MeasuredLayer {
  readonly measurement: LayerMeasurement;
  /** Absent where no model's counts have the layer. */
  readonly account?: LayerAccount;
  /** Operations per second; absent where they are not counted. */
  readonly rate?: number;
  /** The rate over the one that the roofs allow. */
  readonly ofRoof?: number;
}

/** Where a model's time goes: the layers' own times, each as often as the model has it. */
export interface TimeByKind {
  readonly operator: string;
  readonly form: ModelForm;
  readonly byKind: ReadonlyMap<LayerKind, number>;
  /** Of all layers. */
  readonly sum: number;
  /** Median of the whole model's calls. */
  readonly whole: number;
}

/** A whole model that was measured. */
export interface MeasuredWhole {
  readonly measurement: ModelMeasurement;
  /** The least time under the roofs, in seconds; absent without roofs. */
  readonly roofSeconds?: number;
}

/** Everything of one batch size. */
export interface BatchResults {
  readonly batch: number;
  readonly models: readonly MeasuredWhole[];
  readonly layers: readonly MeasuredLayer[];
  /** Models of which every layer was measured. */
  readonly times: readonly TimeByKind[];
}

/** An architecture on a backend. */
export interface Place {
  readonly architecture: string;
  readonly backend: string;
  readonly machine?: MachineRates;
  /** Where it was measured, if that is needed to tell places apart. */
  readonly source?: string;
  readonly batches: readonly BatchResults[];
}

const unique = <T>(values: readonly T[]): readonly T[] => [...new Set(values)];

/** Operators in the order of the experiment, the baseline first. */
export const operatorsOf = ({models}: Pick<InferenceSummary, 'models'>): readonly string[] =>
  unique(models.map(({operator}) => operator));

function measuredLayer(
  measurement: LayerMeasurement,
  accounts: readonly ModelAccount[],
  machine: MachineRates | undefined,
): MeasuredLayer {
  const {form, operator, layers, times} = measurement;
  const account = accounts
    .filter(({deployment}) => deployment.form === form)
    .flatMap((model) => model.layers)
    .find((layer) => layer.layer === layers[0] && layer.operator === operator);
  if (account === undefined) return {measurement};
  const operations = operationsOf(account);
  if (!account.counted || operations === 0) return {measurement, account};
  const rate = operations / times.median;
  return {
    measurement,
    account,
    rate,
    ...(machine === undefined ? {} : {ofRoof: rate / attainableRate(account, machine)}),
  };
}

function timeByKind(
  {operator, form, times}: ModelMeasurement,
  account: ModelAccount | undefined,
  layers: readonly LayerMeasurement[],
): TimeByKind | undefined {
  if (account === undefined) return undefined;
  const byKind = new Map<LayerKind, number>();
  for (const layer of account.layers) {
    const measured = layers.find(
      (each) => each.form === form && each.operator === layer.operator && each.layers.includes(layer.layer),
    );
    if (measured === undefined) return undefined;
    byKind.set(layer.kind, (byKind.get(layer.kind) ?? 0) + measured.times.median);
  }
  return {operator, form, byKind, sum: [...byKind.values()].reduce((a, b) => a + b, 0), whole: times.median};
}

function batchResults(
  batch: number,
  models: readonly ModelMeasurement[],
  layers: readonly LayerMeasurement[],
  counted: readonly MeasuredModel[],
  machine: MachineRates | undefined,
): BatchResults {
  const accounts = counted.flatMap(({operator, costs}) =>
    (['plain', 'fused'] as const).map((form) => ({
      operator,
      account: accountModel(costs, {batch, form, precision: 'float32'}),
    })),
  );
  const accountOf = ({operator, form}: ModelMeasurement): ModelAccount | undefined =>
    accounts.find((each) => each.operator === operator && each.account.deployment.form === form)?.account;
  return {
    batch,
    models: models.map((measurement) => {
      const account = accountOf(measurement);
      if (account === undefined || machine === undefined) return {measurement};
      const roofSeconds = rooflineSeconds(account, machine.bytesPerSecond, (operator) => peakOf(machine, operator));
      return {measurement, roofSeconds};
    }),
    layers: layers.map((measurement) =>
      measuredLayer(
        measurement,
        accounts.map(({account}) => account),
        machine,
      ),
    ),
    times: models.flatMap((measurement) => timeByKind(measurement, accountOf(measurement), layers) ?? []),
  };
}

/** What was measured, by architecture and backend, then by batch size. */
export function placesOf(summary: InferenceSummary): readonly Place[] {
  const {models, machines, modelMeasurements, layerMeasurements} = summary;
  const all = [...modelMeasurements, ...layerMeasurements];
  return unique(all.map(({architecture}) => architecture)).flatMap((architecture) =>
    unique(all.map(({backend}) => backend)).flatMap((backend): Place[] => {
      const isHere = (each: {architecture: string; backend: string}): boolean =>
        each.architecture === architecture && each.backend === backend;
      const [wholes, layers] = [modelMeasurements.filter(isHere), layerMeasurements.filter(isHere)];
      const batches = unique([...wholes, ...layers].map(({batch}) => batch));
      if (batches.length === 0) return [];
      const machine = machines.find((each) => each.backend === backend);
      return [
        {
          architecture,
          backend,
          ...(machine === undefined ? {} : {machine}),
          batches: batches.map((batch) =>
            batchResults(
              batch,
              wholes.filter((each) => each.batch === batch),
              layers.filter((each) => each.batch === batch),
              models.filter((each) => each.architecture === architecture),
              machine,
            ),
          ),
        },
      ];
    }),
  );
}

/** Intensity of a layer, where its operations are counted. */
export const layerIntensity = ({account, rate}: MeasuredLayer): number | undefined =>
  account === undefined || rate === undefined ? undefined : intensityOf(account);

/** Measured layers as a roofline shows them, those of the fused form filled. */
export const measuredPoints = (layers: readonly MeasuredLayer[]): readonly RooflinePoint[] =>
  layers.flatMap((layer): RooflinePoint[] => {
    const {
      measurement: {operator, form},
      rate,
    } = layer;
    const intensity = layerIntensity(layer);
    if (rate === undefined || intensity === undefined) return [];
    return [{...(operator === undefined ? {} : {series: operator}), intensity, rate, filled: form === 'fused'}];
  });
