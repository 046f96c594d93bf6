// SPDX-License-Identifier: Apache-2.0
import '@tensorflow/tfjs-backend-cpu';
import * as tf from '@tensorflow/tfjs-core';
import {beforeAll, describe, expect, it} from 'vitest';
import {InterruptedError, measureMachine, runExperiment} from '../src/index.js';
import {containerWith, experiment, fakeOperator} from './fixtures.js';
import {temporaryFolder} from './temporary-folder.js';

beforeAll(async () => {
  tf.enableProdMode();
  await tf.setBackend('cpu');
  await tf.ready();
});

describe('measureMachine', () => {
  it('finds rates that a machine can have, says how, and leaves no tensors', async () => {
    const before = tf.memory().numTensors;
    const rates = await measureMachine({operators: [fakeOperator('plain')]});
    expect(rates.backend).toBe('cpu');
    expect(rates.peaks.map(({operator}) => operator)).toEqual(['plain']);
    // TF.js's cpu backend multiplies and adds some hundred million times a second; a loaded machine a tenth of it.
    expect(rates.peaks[0]?.operationsPerSecond).toBeGreaterThan(1e7);
    expect(rates.peaks[0]?.operationsPerSecond).toBeLessThan(1e11);
    expect(rates.bytesPerSecond).toBeGreaterThan(1e7);
    expect(rates.bytesPerSecond).toBeLessThan(1e12);
    expect(rates.source).toMatch(/cpu backend.*64 filters.*MiB/);
    expect(tf.memory().numTensors).toBe(before);
  });

  it('stops when asked to', async () => {
    const before = tf.memory().numTensors;
    await expect(measureMachine({operators: [fakeOperator('plain')], signal: AbortSignal.abort()})).rejects.toThrow(
      InterruptedError,
    );
    expect(tf.memory().numTensors).toBe(before);
  });
});

describe('an experiment', () => {
  const small = {epochs: '1', operators: 'plain'};

  it('has the rates and every layer’s costs in its summary', async () => {
    const {summary} = await runExperiment({
      definition: experiment,
      container: containerWith(),
      overrides: {...small, measureMachine: 'true'},
      workingFolder: temporaryFolder(),
    });
    expect(summary.machine?.peaks.map(({operator}) => operator)).toEqual(['plain']);
    const layers = summary.runs[0]?.costs?.layers ?? [];
    expect(layers.map(({kind}) => kind)).toEqual(['operator', 'batch-normalization', 'operator']);
    expect(layers.reduce((sum, {parameters}) => sum + parameters, 0)).toBe(summary.runs[0]?.parameters);
  });

  it('goes on without a roofline where an operator’s layer fails, and says so', async () => {
    const plain = fakeOperator('plain');
    const {summary, status} = await runExperiment({
      definition: experiment,
      container: containerWith({
        operators: [
          {
            ...plain,
            conv2d(request) {
              if (request.name === 'peak') throw new Error('64 channels are too many');
              return plain.conv2d(request);
            },
          },
        ],
      }),
      overrides: {...small, measureMachine: 'true'},
      workingFolder: temporaryFolder(),
    });
    expect(status).toBe('finished');
    expect(summary.machine).toBeUndefined();
    expect(summary.notes.join('\n')).toContain(
      'No roofline: the machine could not be measured: 64 channels are too many',
    );
  });
});
