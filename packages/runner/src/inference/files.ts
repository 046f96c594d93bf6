// SPDX-License-Identifier: Apache-2.0
import type {LayerMeasurement, ModelMeasurement} from '@addernet/plugin';
import {stringify} from 'csv-stringify/sync';
import type {RunFolder} from '../run-folder/run-folder.js';
import type {Measured} from './measure.js';

const COLUMNS = [
  'backend',
  'architecture',
  'operator',
  'form',
  'batch',
  'what',
  'kind',
  'alike',
  'medianSeconds',
  'lowerSeconds',
  'upperSeconds',
  'fastestSeconds',
  'cpuMedianSeconds',
  'imagesPerSecond',
  'relative',
  'relativeLower',
  'relativeUpper',
  'relativeCpu',
  'relativeToPlain',
  'samples',
  'callsPerSample',
] as const;

type Row = Readonly<Record<(typeof COLUMNS)[number], string | number | undefined>>;

function rowOf(measurement: ModelMeasurement | LayerMeasurement): Row {
  const {backend, architecture, operator, form, batch, times, relative} = measurement;
  const isLayer = 'layers' in measurement;
  return {
    backend,
    architecture,
    operator,
    form,
    batch,
    what: isLayer ? measurement.layers[0] : 'model',
    kind: isLayer ? measurement.kind : 'model',
    alike: isLayer ? measurement.layers.length : 1,
    medianSeconds: times.median,
    lowerSeconds: times.lower,
    upperSeconds: times.upper,
    fastestSeconds: times.fastest,
    cpuMedianSeconds: times.cpuMedian,
    imagesPerSecond: batch / times.median,
    relative: relative?.median,
    relativeLower: relative?.lower,
    relativeUpper: relative?.upper,
    relativeCpu: relative?.cpuMedian,
    relativeToPlain: isLayer ? undefined : measurement.relativeToPlain?.median,
    samples: times.samples,
    callsPerSample: times.callsPerSample,
  };
}

/** measurements.jsonl, which grows by a line per measurement and has every sample, and measurements.csv, which is replaced per comparison. */
export class MeasurementFiles {
  readonly #rows: Row[] = [];

  constructor(private readonly folder: RunFolder) {}

  /** Makes both files: they are there even if nothing is ever measured. */
  async begin(): Promise<void> {
    await this.folder.write('measurements.jsonl', '');
    await this.#writeTable();
  }

  async add(all: readonly Measured<ModelMeasurement | LayerMeasurement>[]): Promise<void> {
    for (const {measurement, samples} of all) {
      this.#rows.push(rowOf(measurement));
      const line = {
        ...measurement,
        seconds: samples.map(({seconds}) => seconds),
        cpuSeconds: samples.map(({cpuSeconds}) => cpuSeconds),
      };
      await this.folder.appendLine('measurements.jsonl', JSON.stringify(line));
    }
    await this.#writeTable();
  }

  async #writeTable(): Promise<void> {
    await this.folder.write('measurements.csv', stringify(this.#rows, {header: true, columns: [...COLUMNS]}));
  }
}
