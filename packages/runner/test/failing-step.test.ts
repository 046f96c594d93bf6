// SPDX-License-Identifier: Apache-2.0
import type {Operator} from '@addernet/plugin';
import * as tf from '@tensorflow/tfjs-core';
import {describe, expect, it, vi} from 'vitest';
import {containerWith, fakeDataset, fakeOperator} from './fixtures.js';
import {OVERRIDES, STEPS, checkpointNames, figures, resume, weights} from './resuming.js';
import {run} from './run.js';

/** The plain operator, with a last layer that fails at one of its calls: after the batch statistics have gone into the running ones. */
function failingAt(call: number): Operator {
  const plain = fakeOperator('plain');
  return {
    ...plain,
    dense: (request) => {
      const layer = plain.dense(request);
      const original = layer.call.bind(layer);
      let calls = 0;
      layer.call = (inputs, kwargs) => {
        if (++calls === call) throw new Error('AdderConv2D: thread 1 of 2 has ended');
        return original(inputs, kwargs);
      };
      return layer;
    },
  };
}

/** Calls of a layer in an epoch: the steps, and the batches of 20 of 36 test images; the model's making and counting takes some before. */
const EVALUATION = 2;

/** The number of the first call in training, found by trying. */
async function callsBeforeTraining(): Promise<number> {
  for (let call = 1; ; call++) {
    let steps = 0;
    const {summary} = await run({
      overrides: {...OVERRIDES, epochs: '1'},
      container: containerWith({operators: [failingAt(call)]}),
      listener: {onStep: () => steps++},
    });
    if (steps > 0) return call - 2;
    if (summary.runs[0]?.status === 'finished') throw new Error('the layer is not called in training');
  }
}

describe('a failure in the midst of training', () => {
  it('keeps a checkpoint of the last whole step, from which the run ends with the same bits', async () => {
    const before = await callsBeforeTraining();
    // Without checkpoints at steps: what there is comes from the failure.
    const overrides = {...OVERRIDES, 'checkpoints.steps': '0'};
    const whole = await run({overrides});
    const cases = [
      {call: 1, names: ['epoch1-step0'], text: 'after epoch 0, the checkpoint is of the beginning of epoch 1'},
      {call: 4, names: ['epoch1-step3'], text: 'after epoch 0, the checkpoint is of epoch 1 after step 3'},
      {
        call: STEPS + EVALUATION + 3,
        names: ['best', 'epoch2-step0', 'epoch2-step2'],
        text: 'after epoch 1, the checkpoint is of epoch 2 after step 2',
      },
      {call: STEPS + 2, names: ['epoch1-step6'], text: 'after epoch 0, the checkpoint is of epoch 1 after step 6'},
    ];
    for (const {call, names, text} of cases) {
      const tensors = tf.memory().numTensors;
      const failed = await run({overrides, container: containerWith({operators: [failingAt(before + call)]})});
      expect(tf.memory().numTensors).toBe(tensors);
      expect(failed.status).toBe('failed');
      expect(failed.summary.runs[0]?.error).toBe(
        `AdderConv2D: thread 1 of 2 has ended; the weights kept are those ${text} (addernet resume)`,
      );
      expect(checkpointNames(failed.folder)).toEqual(names.map((name) => `${name}.safetensors`));
      const resumed = await resume(failed.folder);
      expect(figures(resumed.summary)).toEqual(figures(whole.summary));
      expect(weights(resumed.folder).equals(weights(whole.folder))).toBe(true);
    }
  });

  it('in the data, too', async () => {
    const whole = await run({overrides: OVERRIDES});
    const dataset = fakeDataset();
    const batches = dataset.splits.train.batches.bind(dataset.splits.train);
    dataset.splits.train.batches = function* (options) {
      let count = 0;
      for (const batch of batches(options)) {
        if (options.shuffle?.epoch === 1 && ++count === 3) throw new Error('the disk is gone');
        yield batch;
      }
    };
    const failed = await run({overrides: OVERRIDES, container: containerWith({datasets: [dataset]})});
    expect(failed.summary.runs[0]?.error).toMatch(/^the disk is gone; .* epoch 2 after step 2 /);
    expect(weights((await resume(failed.folder)).folder).equals(weights(whole.folder))).toBe(true);
  });

  it('keeps none where the update itself failed', async () => {
    const {SGD} = await import('@addernet/nn');
    let calls = 0;
    const original = SGD.prototype.applyGradients;
    const spy = vi.spyOn(SGD.prototype, 'applyGradients').mockImplementation(function (
      this: InstanceType<typeof SGD>,
      gradients,
    ) {
      if (++calls === 9) throw new Error('out of memory');
      original.call(this, gradients);
    });
    const failed = await run({overrides: {...OVERRIDES, 'checkpoints.steps': '0'}});
    spy.mockRestore();
    expect(failed.summary.runs[0]?.error).toBe(
      'the update of the weights failed: out of memory; the weights kept are those after epoch 1, ' +
        'the checkpoint is of the beginning of epoch 2 (addernet resume)',
    );
    expect(checkpointNames(failed.folder)).toEqual(['best.safetensors', 'epoch2-step0.safetensors']);
  });
});
