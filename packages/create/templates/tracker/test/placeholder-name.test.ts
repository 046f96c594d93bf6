// SPDX-License-Identifier: Apache-2.0
import {mkdtempSync, readFileSync, rmSync} from 'node:fs';
import {tmpdir} from 'node:os';
import path from 'node:path';
import type {RunEnd, TrackedRun, TrackerEvent} from '@addernet/plugin';
import {afterAll, expect, it} from 'vitest';
import {placeholderNameTracker} from '../src/placeholder-name.js';

const root = mkdtempSync(path.join(tmpdir(), 'tracker-'));
afterAll(() => rmSync(root, {recursive: true, force: true}));

const newRun = (): TrackedRun => ({
  id: 'run',
  experiment: 'experiment',
  folder: mkdtempSync(path.join(root, 'run-')),
  tags: {operator: 'adder', seed: '0'},
  config: {epochs: 3},
});

const EPOCH_STEPS = 10;
/** What is told at an epoch's end. */
const epochEvent = (epoch: number): TrackerEvent => ({
  kind: 'scalars',
  step: EPOCH_STEPS * epoch,
  epoch,
  time: Date.UTC(2026, 0, 1),
  values: {'test/loss': 1 / epoch, 'test/top1': 1 - 1 / (epoch + 1)},
});
const stepEvent: TrackerEvent = {kind: 'scalars', step: 3, time: 0, values: {'train/loss': 2}};
const end: RunEnd = {status: 'finished', step: 3 * EPOCH_STEPS, epochs: 3, time: Date.UTC(2026, 0, 1)};

const tableOf = ({folder}: TrackedRun): string => readFileSync(path.join(folder, 'placeholder-name.md'), 'utf8');

const WHOLE = `| epoch | test loss | test accuracy |
| --- | --- | --- |
| 1 | 1.0000 | 50.00 % |
| 2 | 0.5000 | 66.67 % |
| 3 | 0.3333 | 75.00 % |
`;

it('has a row for each epoch', async () => {
  const run = newRun();
  const tracker = await placeholderNameTracker.open(run);
  tracker.record(stepEvent);
  for (const epoch of [1, 2]) tracker.record(epochEvent(epoch));
  await tracker.flush();
  expect(tableOf(run)).toBe(WHOLE.split('\n').slice(0, 4).join('\n') + '\n');
  tracker.record(epochEvent(3));
  await tracker.close(end);
  expect(tableOf(run)).toBe(WHOLE);
});

it('has every epoch once when a run goes on from a checkpoint', async () => {
  const run = newRun();
  const first = await placeholderNameTracker.open(run);
  for (const epoch of [1, 2]) first.record(epochEvent(epoch));
  await first.flush();
  // Epoch 2 was recorded, but the last checkpoint is of epoch 1.
  const second = await placeholderNameTracker.open({...run, resumed: {step: EPOCH_STEPS, epochs: 1}});
  for (const epoch of [2, 3]) second.record(epochEvent(epoch));
  await second.close(end);
  expect(tableOf(run)).toBe(WHOLE);
});

it('begins anew when a run does, and takes part in runs that began without it', async () => {
  const run = newRun();
  const first = await placeholderNameTracker.open(run);
  first.record(epochEvent(1));
  await first.close(end);
  const again = await placeholderNameTracker.open(run);
  for (const epoch of [1, 2, 3]) again.record(epochEvent(epoch));
  await again.close(end);
  expect(tableOf(run)).toBe(WHOLE);
  const late = newRun();
  await (await placeholderNameTracker.open({...late, resumed: {step: EPOCH_STEPS, epochs: 1}})).close(end);
  expect(tableOf(late)).toBe(WHOLE.split('\n').slice(0, 2).join('\n') + '\n');
});
