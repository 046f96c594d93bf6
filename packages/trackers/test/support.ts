// SPDX-License-Identifier: Apache-2.0
import {mkdtempSync, rmSync} from 'node:fs';
import {tmpdir} from 'node:os';
import path from 'node:path';
import type {TrackedRun, TrackerEvent} from '@addernet/plugin';
import {afterAll} from 'vitest';

/** Makes folders that are removed after the test file. */
export function temporaryFolders(): () => string {
  const folder = mkdtempSync(path.join(tmpdir(), 'trackers-test-'));
  afterAll(() => rmSync(folder, {recursive: true, force: true}));
  return () => mkdtempSync(path.join(folder, 'run-'));
}

export const trackedRun = (folder: string, resumed?: TrackedRun['resumed']): TrackedRun => ({
  id: 'cifar10-tiny-adder-seed3',
  experiment: 'cifar10',
  folder,
  tags: {dataset: 'cifar10', data: 'CIFAR-10', architecture: 'tiny', operator: 'adder', backend: 'wasm', seed: '3'},
  config: {epochs: 3, augmentation: true, 'optimizer.learningRate': 0.1, 'schedule.kind': 'cosine', output: 'runs'},
  ...(resumed === undefined ? {} : {resumed}),
});

export const end = {status: 'finished', step: 12, epochs: 3, time: Date.UTC(2026, 0, 31)} as const;

export const time = (step: number): number => Date.UTC(2026, 0, 1) + 1000 * step;

export const histogramEvent = (step: number, epoch: number): Extract<TrackerEvent, {kind: 'histogram'}> => ({
  kind: 'histogram',
  name: 'weights/conv1',
  step,
  epoch,
  time: time(step),
  histogram: {minimum: -1, maximum: 3, counts: [1, 0, 5, 2]},
  sum: 9.5,
  sumOfSquares: 20.25,
});

export const imageEvent = (step: number, epoch: number): Extract<TrackerEvent, {kind: 'image'}> => ({
  kind: 'image',
  name: 'filters/stem',
  step,
  epoch,
  time: time(step),
  width: 2,
  height: 1,
  channels: 3,
  pixels: Uint8Array.from([255, 0, 128, 1, 2, 3]),
});

export const stepEvent = (step: number): TrackerEvent => ({
  kind: 'scalars',
  step,
  time: time(step),
  values: {'train/loss': 1 / (step + 2), 'train/top1': 0.1 + step / 300},
});

/** What a run tells of an epoch's end. */
export const epochEvents = (step: number, epoch: number): TrackerEvent[] => [
  {kind: 'scalars', step, epoch, time: time(step), values: {'test/top1': 0.1 * epoch}},
  histogramEvent(step, epoch),
  imageEvent(step, epoch),
];
