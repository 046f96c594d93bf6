// SPDX-License-Identifier: Apache-2.0
import {readFileSync, readdirSync, rmSync, writeFileSync} from 'node:fs';
import path from 'node:path';
import {describe, expect, it} from 'vitest';
import {CheckpointError, ResumeError, RunFolderLockedError, decodeCheckpoint} from '../src/index.js';
import {containerWith, fakeDataset, fakeOperator} from './fixtures.js';
import {readJson, run} from './run.js';
import {OVERRIDES, RUN, STEPS, checkpointNames, figures, interruptedAfter, resume, weights} from './resuming.js';
import {readLines} from './temporary-folder.js';

describe('an interrupted experiment goes on', () => {
  it.each([1, 5, STEPS, STEPS + 3, 3 * STEPS])('after step %i, to the same bits', async (steps) => {
    const whole = await run({overrides: OVERRIDES});
    const stopped = await interruptedAfter(steps);
    const resumed = await resume(stopped.folder);
    expect(resumed.status).toBe('finished');
    expect(resumed.folder).toBe(stopped.folder);
    expect(figures(resumed.summary)).toEqual(figures(whole.summary));
    expect(weights(resumed.folder).equals(weights(whole.folder))).toBe(true);
    expect(readLines(resumed.folder, 'metrics.jsonl')).toHaveLength(3);
    expect(resumed.summary.notes).toContain('Stopped and resumed once.');
    expect(resumed.summary.notes.join()).not.toContain('Interrupted');
  });

  it('again and again', async () => {
    const whole = await run({overrides: OVERRIDES});
    let result = await interruptedAfter(2);
    for (let times = 0; result.status !== 'finished'; times++) {
      expect(times).toBeLessThan(20);
      const controller = new AbortController();
      let seen = 0;
      const onStep = (): void => {
        if (++seen === 4) controller.abort();
      };
      result = await resume(result.folder, {listener: {onStep}, signal: controller.signal});
    }
    expect(figures(result.summary)).toEqual(figures(whole.summary));
    expect(weights(result.folder).equals(weights(whole.folder))).toBe(true);
  });

  it('keeps finished runs, and does those that had not begun', async () => {
    const overrides = {...OVERRIDES, operators: 'plain,bent'};
    const whole = await run({overrides});
    const stopped = await interruptedAfter(3 * STEPS + 2, overrides);
    expect(stopped.summary.runs.map(({status}) => status)).toEqual(['finished', 'interrupted']);
    const begun: string[] = [];
    const resumed = await resume(stopped.folder, {listener: {onRunStart: ({id}) => begun.push(id)}});
    expect(begun).toEqual(['pictures-small-bent-seed0']);
    expect(figures(resumed.summary)).toEqual(figures(whole.summary));
    expect(readLines(resumed.folder, 'metrics.jsonl')).toHaveLength(6);
    expect(resumed.summary.runs[0]?.startedAt).toBe(stopped.summary.runs[0]?.startedAt);
  });

  it('counts the time of all its processes', async () => {
    const stopped = await interruptedAfter(2 * STEPS);
    const resumed = await resume(stopped.folder);
    expect(resumed.summary.seconds).toBeGreaterThan(stopped.summary.seconds);
    expect(resumed.summary.runs[0]?.seconds).toBeGreaterThan(stopped.summary.runs[0]?.seconds ?? NaN);
  });
});

describe('checkpoints', () => {
  it('are kept as configured: the last ones, and the best', async () => {
    const stopped = await interruptedAfter(STEPS + 4);
    expect(checkpointNames(stopped.folder)).toEqual([
      'best.safetensors',
      'epoch2-step2.safetensors',
      'epoch2-step3.safetensors',
      'epoch2-step4.safetensors',
    ]);
    const best = path.join(stopped.folder, RUN, 'checkpoints', 'best.safetensors');
    expect(decodeCheckpoint(best, readFileSync(best)).state).toMatchObject({epoch: 2, step: 0, metrics: [{epoch: 1}]});
  });

  it('hold weights, slots, position and figures', async () => {
    const {folder} = await interruptedAfter(STEPS + 2);
    const file = path.join(folder, RUN, 'checkpoints', 'epoch2-step2.safetensors');
    const {identity, state, model, optimizer} = decodeCheckpoint(file, readFileSync(file));
    expect(identity).toEqual({
      dataset: 'pictures',
      trainingData: 'Pictures, 96 images',
      testData: 'Pictures, 36 images',
      architecture: 'small',
      operator: 'plain',
      seed: '0',
      backend: 'cpu',
    });
    expect(state).toMatchObject({epoch: 2, step: 2, score: {images: 32}, metrics: [{epoch: 1}]});
    expect(model.map(({name}) => name)).toEqual(expect.arrayContaining(['conv1/kernel', 'bn1/moving_variance']));
    const slots = optimizer.map(({name}) => name);
    expect(slots).toEqual(expect.arrayContaining(['iter', 'conv1/kernel/momentum', 'head/bias/momentum']));
    const iterations = optimizer.find(({name}) => name === 'iter');
    expect(iterations).toMatchObject({dtype: 'int32', shape: []});
    expect([...(iterations?.bytes ?? [])]).toEqual([STEPS + 2, 0, 0, 0]);
  });

  it('that are broken are passed over for the one before, which is said', async () => {
    const whole = await run({overrides: OVERRIDES});
    const {folder} = await interruptedAfter(STEPS + 3);
    const newest = path.join(folder, RUN, 'checkpoints', 'epoch2-step3.safetensors');
    const bytes = readFileSync(newest);
    bytes[bytes.length - 9] = (bytes[bytes.length - 9] ?? 0) ^ 1;
    writeFileSync(newest, bytes);
    const second = path.join(folder, RUN, 'checkpoints', 'epoch2-step2.safetensors');
    writeFileSync(second, readFileSync(second).subarray(0, 1000));
    const resumed = await resume(folder);
    const notes = resumed.summary.notes.filter((note) => note.includes('an earlier one is used'));
    expect(notes).toHaveLength(2);
    expect(notes[0]).toContain('epoch2-step3.safetensors: its content does not have the SHA-256');
    expect(notes[1]).toContain('epoch2-step2.safetensors');
    expect(weights(folder).equals(weights(whole.folder))).toBe(true);
  });

  it('without which a run begins anew', async () => {
    const whole = await run({overrides: OVERRIDES});
    const {folder} = await interruptedAfter(4);
    rmSync(path.join(folder, RUN, 'checkpoints'), {recursive: true});
    expect(figures((await resume(folder)).summary)).toEqual(figures(whole.summary));
  });

  it('of another form are refused', () => {
    expect(() => decodeCheckpoint('x', new Uint8Array(100))).toThrow(CheckpointError);
    expect(() => decodeCheckpoint('x', new Uint8Array())).toThrow(CheckpointError);
  });
});

describe('what cannot be gone on with is refused, with the difference named', () => {
  const edit = (folder: string, name: string, change: (value: Record<string, unknown>) => void): void => {
    const value: Record<string, unknown> = JSON.parse(readFileSync(path.join(folder, name), 'utf8'));
    change(value);
    writeFileSync(path.join(folder, name), JSON.stringify(value));
  };

  it('a folder that is none', async () => {
    await expect(resume('/nowhere/at/all')).rejects.toThrow('there is no such folder; expected a run folder');
    const {folder} = await interruptedAfter(1);
    rmSync(path.join(folder, 'experiment.json'));
    await expect(resume(folder)).rejects.toThrow(/has no experiment\.json; expected a folder that `addernet run` made/);
  });

  it('another form', async () => {
    const {folder} = await interruptedAfter(1);
    edit(folder, 'experiment.json', (value) => (value.version = 7));
    await expect(resume(folder)).rejects.toThrow('of form 7; this version goes on with form 1');
  });

  it('other versions of packages, unless that is wanted', async () => {
    const {folder} = await interruptedAfter(1);
    edit(folder, 'environment.json', (value) => (value['@addernet/nn'] = '0.0.1'));
    await expect(resume(folder)).rejects.toThrow(/@addernet\/nn was 0\.0\.1 and is \d/);
    const resumed = await resume(folder, {ignoreVersions: true});
    expect(resumed.status).toBe('finished');
    expect(resumed.summary.notes.join()).toContain('Resumed with another version: @addernet/nn was 0.0.1');
  });

  it('other data', async () => {
    const {folder} = await interruptedAfter(1);
    const other = fakeDataset('pictures', {kind: 'synthetic', label: 'stand-in for Pictures'});
    const attempt = resume(folder, {container: containerWith({datasets: [other]})});
    await expect(attempt).rejects.toThrow(ResumeError);
    await expect(attempt).rejects.toThrow(
      'trainingData is Pictures, 96 images in the checkpoint, stand-in for Pictures, 96 images now',
    );
    expect((await resume(folder)).status).toBe('finished');
  });

  it('another model', async () => {
    const {folder} = await interruptedAfter(1);
    const wider = fakeOperator('plain');
    const operator = {
      ...wider,
      conv2d: (request: Parameters<typeof wider.conv2d>[0]) => wider.conv2d({...request, filters: 7}),
    };
    const resumed = await resume(folder, {container: containerWith({operators: [operator]})});
    expect(resumed.summary.runs[0]?.error).toContain(
      'conv1/kernel: the file has [3,3,3,6]; the model expects [3,3,3,7]',
    );
  });
});

describe('one process at a time', () => {
  it('a folder in use is refused by name of the process', async () => {
    const {folder} = await interruptedAfter(1);
    const inUse = path.join(folder, '.lock-1-aaaa');
    const started = readFileSync('/proc/1/stat', 'utf8').split(') ')[1]?.split(' ')[19];
    const {hostname} = await import('node:os');
    writeFileSync(inUse, JSON.stringify({pid: 1, host: hostname(), started}));
    await expect(resume(folder)).rejects.toThrow(RunFolderLockedError);
    await expect(resume(folder)).rejects.toThrow(/process 1 on .* is working in it/);
    expect(readdirSync(folder).filter((name) => name.startsWith('.lock'))).toEqual(['.lock-1-aaaa']);
  });

  it('what a killed process left does not matter', async () => {
    const {folder} = await interruptedAfter(1);
    const {hostname} = await import('node:os');
    writeFileSync(path.join(folder, '.lock-1-bbbb'), JSON.stringify({pid: 1, host: hostname(), started: 'long ago'}));
    writeFileSync(path.join(folder, '.lock-9-cccc'), '{"pid": 9');
    expect((await resume(folder)).status).toBe('finished');
    expect(readdirSync(folder).filter((name) => name.startsWith('.lock'))).toEqual([]);
    expect(readJson(folder, 'summary.json')).toMatchObject({runs: [{status: 'finished'}]});
  });
});
