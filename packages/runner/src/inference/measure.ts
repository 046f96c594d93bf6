// SPDX-License-Identifier: Apache-2.0
import type {LayerMeasurement, ModelMeasurement, RelativeTime} from '@addernet/plugin';
import * as tf from '@tensorflow/tfjs-core';
import type {Sample} from '../machine/timing.js';
import {applyModel} from '../training/logits.js';
import {callTimes, relativeTime, sampleInRounds, type CompareOptions} from './compare.js';
import type {LayerGroup} from './layer-groups.js';
import type {Subject} from './subjects.js';

/** Measurements with the samples that they are made of. */
export interface Measured<M> {
  readonly measurement: M;
  readonly samples: readonly Sample[];
}

export interface MeasureOptions extends CompareOptions {
  readonly backend: string;
  readonly architecture: string;
  readonly batch: number;
}

/** Forward passes of whole models, in turn. In each form the first operator is what the others are held against. */
export async function measureModels(
  subjects: readonly Subject[],
  image: readonly [number, number, number],
  classes: number,
  options: MeasureOptions,
): Promise<Measured<ModelMeasurement>[]> {
  const {backend, architecture, batch} = options;
  const x = tf.randomNormal([batch, ...image], 0, 1, 'float32', 1);
  try {
    const works = subjects.map(
      ({model}) =>
        () =>
          tf.tidy(() => applyModel(model, x, classes, false)),
    );
    const rounds = await sampleInRounds(works, options);
    return subjects.map(({operator, form}, index) => {
      const samples = rounds[index] ?? [];
      const against = (isBaseline: (subject: Subject) => boolean): RelativeTime | undefined => {
        const baseline = subjects.findIndex(isBaseline);
        return baseline < 0 || baseline === index ? undefined : relativeTime(samples, rounds[baseline] ?? []);
      };
      const relative = against((subject) => subject.form === form);
      const relativeToPlain = against((subject) => subject.form === 'plain' && subject.operator === operator);
      return {
        samples,
        measurement: {
          backend,
          architecture,
          operator,
          form,
          batch,
          times: callTimes(samples),
          ...(relative === undefined ? {} : {relative}),
          ...(relativeToPlain === undefined ? {} : {relativeToPlain}),
        },
      };
    });
  } finally {
    x.dispose();
  }
}

function single(output: unknown): tf.Tensor {
  if (output instanceof tf.Tensor) return output;
  throw new TypeError('a layer answered with something else than one tensor');
}

/** Forward passes of layers that are alike, in turn. The candidate of the first subject is the baseline. */
export async function measureLayers(
  {form, kind, inputShapes, candidates}: LayerGroup,
  options: MeasureOptions,
): Promise<Measured<LayerMeasurement>[]> {
  const {backend, architecture, batch} = options;
  // As behind a ReLU, which is what most layers see.
  const inputs = inputShapes.map((shape, index) =>
    tf.tidy(() => tf.relu(tf.randomNormal([batch, ...shape], 0, 1, 'float32', index + 1))),
  );
  const [first] = inputs;
  const input = inputs.length === 1 && first !== undefined ? first : inputs;
  try {
    const works = candidates.map(
      ({layer}) =>
        () =>
          tf.tidy(() => single(layer.apply(input))),
    );
    const rounds = await sampleInRounds(works, options);
    const [baseline = []] = rounds;
    return candidates.map(({operator, names}, index) => {
      const samples = rounds[index] ?? [];
      return {
        samples,
        measurement: {
          backend,
          architecture,
          kind,
          ...(operator === undefined ? {} : {operator}),
          form,
          batch,
          layers: names,
          times: callTimes(samples),
          ...(index === 0 ? {} : {relative: relativeTime(samples, baseline)}),
        },
      };
    });
  } finally {
    tf.dispose(inputs);
  }
}
