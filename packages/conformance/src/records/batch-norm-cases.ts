// SPDX-License-Identifier: Apache-2.0
import type {CounterRandom} from '@addernet/core';
import {elementCount} from '../input-values.js';
import type {LabelledAttributes} from '../op-record.js';

/** Shape of x, epsilon, and the distribution that x is drawn from. */
export interface BatchNormAttributes {
  /** [..., channels] */
  readonly x: readonly number[];
  readonly epsilon: number;
  /** Mean of the first channel; later channels' are up to twice that. */
  readonly mean: number;
  /** Standard deviation of the first channel; the others' are one to three times that. 0: constant channels. */
  readonly deviation: number;
}

const BASE: BatchNormAttributes = {x: [2, 3, 4, 5], epsilon: 1e-5, mean: 0.5, deviation: 1};

const CHANNELS = [1, 3, 4, 5, 7, 8, 9, 16, 17];
const ROWS = [0, 1, 2, 3, 7, 8, 9, 64, 1000];
const MEAN_OVER_DEVIATION = [0, -50, 1000];

type Case = LabelledAttributes<BatchNormAttributes>;

function edge(label: string, changes: Partial<BatchNormAttributes>, sample = false): Case {
  return {label, sample, attributes: {...BASE, ...changes}};
}

/** Channels and rows around tile edges, ranks, large means, constant channels. */
export const batchNormEdgeCases: readonly Case[] = [
  ...CHANNELS.map((channels) => edge(`channels-${channels}`, {x: [2, 3, 4, channels]}, channels === 5)),
  ...ROWS.map((rows) => edge(`rows-${rows}`, {x: [rows, 3]}, rows === 7)),
  edge('rank-3', {x: [3, 5, 4]}),
  edge('rank-5', {x: [2, 2, 3, 2, 4]}),
  // Adder layers put out large negative means, for which E[x²] − E[x]² cancels.
  ...MEAN_OVER_DEVIATION.map((mean) => edge(`mean-${mean}`, {x: [4, 4, 4, 6], mean}, mean === -50)),
  edge('mean-1000-rows-1000', {x: [1000, 3], mean: 1000}),
  edge('small-deviation', {x: [4, 4, 6], mean: 0, deviation: 1e-3}),
  edge('large-deviation', {x: [4, 4, 6], mean: 0, deviation: 1e4}),
  edge('constant-channels', {x: [4, 3, 5], mean: -3.3, deviation: 0}),
  edge('constant-zero-channels', {x: [4, 3, 5], mean: 0, deviation: 0}),
  edge('epsilon-0', {epsilon: 0, mean: 0}),
  edge('epsilon-1e-3', {epsilon: 1e-3, deviation: 0.1}, true),
];

/** What {@link batchNormEdgeCases} vary, for documentation. */
export const batchNormAttributeGrid = {
  epsilon: [0, 1e-5, 1e-3],
  channels: CHANNELS,
  rows: ROWS,
  rank: [2, 3, 4, 5],
  'mean / standard deviation': MEAN_OVER_DEVIATION,
};

/** Shape, epsilon and distribution drawn at random. */
export function randomBatchNormAttributes(random: CounterRandom): BatchNormAttributes {
  const between = (low: number, high: number) => low + random.integer(high - low + 1);
  return {
    x: [between(1, 4), between(1, 6), between(1, 6), between(1, 20)],
    epsilon: between(0, 1) === 0 ? 1e-5 : 1e-3,
    mean: (random.uniform() - 0.5) * 40,
    deviation: 0.1 + 3 * random.uniform(),
  };
}

/** Size of the last axis. */
export function channelsOf(shape: readonly number[]): number {
  return shape[shape.length - 1] ?? 0;
}

/** Product of all axes but the last. */
export function rowsOf(shape: readonly number[]): number {
  return elementCount(shape.slice(0, -1));
}
