// SPDX-License-Identifier: Apache-2.0
import '@tensorflow/tfjs-backend-cpu';
import {
  adderConv2dBackpropFilterReference,
  adderConv2dBackpropInputReference,
  adderConv2dReference,
} from '@addernet/core/reference';
import * as tf from '@tensorflow/tfjs-core';
import {afterEach, beforeEach, describe, expect, it} from 'vitest';
import {runConformance, type ConformanceCase, type RuleName} from '../src/index.js';
import {outShape, registerArrayKernels} from './support/reference-kernels.js';
import {registerArrayKernel, removeThrowAwayBackend, startThrowAwayBackend} from './support/throw-away-backend.js';

/** The sample cases, with the default surrogates. */
const filter = ({id, sample}: ConformanceCase): boolean => sample && id.endsWith('/hard-tanh/full-precision');

describe('the kit catches misbehaviour, with the arithmetic right', () => {
  let backend = '';
  beforeEach(async () => {
    backend = await startThrowAwayBackend();
    registerArrayKernels(backend);
  });
  afterEach(() => removeThrowAwayBackend(backend));

  /** Which rules fail, and the messages of one of them. */
  async function failing(rule: RuleName): Promise<{rules: readonly string[]; messages: readonly string[]}> {
    const {failures} = await runConformance({backend, ops: ['AdderConv2D'], randomCases: 0, filter});
    return {
      rules: [...new Set(failures.map((failure) => failure.rule))],
      messages: failures
        .filter((failure) => failure.rule === rule)
        .map(({quantity, message}) => `${quantity}: ${message}`),
    };
  }

  it('a data id that is never freed', async () => {
    registerArrayKernel(backend, 'AdderConv2D', ({x, filter}, {geometry}, {read, write}) => {
      write([1], [0]);
      return write(outShape(geometry), adderConv2dReference(read(x), read(filter), geometry));
    });
    const {rules, messages} = await failing('leaks');
    expect(rules).toEqual(['leaks']);
    expect(messages[0]).toMatch(/data ids of the backend's own count/u);
  });

  it('a tensor that is kept', async () => {
    const kept: tf.Tensor[] = [];
    registerArrayKernel(backend, 'AdderConv2DBackpropFilter', ({x, filter, dy}, {geometry, filterGradient}, access) => {
      kept.push(tf.keep(tf.scalar(1)));
      const [xs, filters, dys] = [access.read(x), access.read(filter), access.read(dy)];
      return access.write(filter.shape, adderConv2dBackpropFilterReference(xs, filters, dys, geometry, filterGradient));
    });
    const {rules, messages} = await failing('leaks');
    tf.dispose(kept);
    expect(rules).toEqual(['leaks']);
    expect(messages[0]).toMatch(/tensors \(tf\.memory\(\)\.numTensors\)/u);
  });

  it('an input that is used as scratch space', async () => {
    registerArrayKernel(backend, 'AdderConv2D', ({x, filter}, {geometry}, {read, write}) => {
      const y = write(outShape(geometry), adderConv2dReference(read(x), read(filter), geometry));
      read(x).fill(0);
      return y;
    });
    const {rules, messages} = await failing('inputs-intact');
    expect(rules).toContain('inputs-intact');
    expect(messages[0]).toMatch(/^input x: /u);
  });

  it('a dY that is overwritten once both gradients are formed', async () => {
    registerArrayKernel(backend, 'AdderConv2DBackpropFilter', ({x, filter, dy}, {geometry, filterGradient}, access) => {
      const [xs, filters, dys] = [access.read(x), access.read(filter), access.read(dy)];
      const dFilter = adderConv2dBackpropFilterReference(xs, filters, dys, geometry, filterGradient);
      dys.fill(7);
      return access.write(filter.shape, dFilter);
    });
    const {messages} = await failing('inputs-intact');
    expect(messages[0]).toMatch(/^input dy: /u);
  });

  it('results that differ from run to run, within the error bound', async () => {
    let calls = 0;
    registerArrayKernel(backend, 'AdderConv2D', ({x, filter}, {geometry}, {read, write}) => {
      const factor = 1 + (calls++ % 2) * 2 ** -23;
      const y = adderConv2dReference(read(x), read(filter), geometry);
      return write(
        outShape(geometry),
        y.map((value) => value * factor),
      );
    });
    const {rules, messages} = await failing('determinism');
    expect(rules).toEqual(['determinism']);
    expect(messages[0]).toMatch(/^output y: /u);
  });

  it('an output of the wrong dtype', async () => {
    registerArrayKernel(backend, 'AdderConv2D', ({x, filter}, {geometry}, {read, write}) =>
      write(outShape(geometry), adderConv2dReference(read(x), read(filter), geometry), 'int32'),
    );
    const {messages} = await failing('shape-and-dtype');
    expect(messages[0]).toMatch(/^output y: is int32 .*expected float32/u);
  });

  it('an output of the wrong shape', async () => {
    registerArrayKernel(backend, 'AdderConv2D', ({x, filter}, {geometry}, {read, write}) => {
      const [batch = 0, height = 0, width = 0, channels = 0] = outShape(geometry);
      return write([batch, width, height, channels], adderConv2dReference(read(x), read(filter), geometry));
    });
    const {messages} = await failing('shape-and-dtype');
    expect(messages[0]).toMatch(/^output y: is float32 /u);
  });

  it('a filter gradient that only comes with the input gradient', async () => {
    let pending: Float64Array | undefined;
    registerArrayKernel(
      backend,
      'AdderConv2DBackpropInput',
      ({x, filter, dy}, {geometry, inputGradient}, {read, write}) => {
        const [xs, filters, dys] = [read(x), read(filter), read(dy)];
        pending = adderConv2dBackpropFilterReference(xs, filters, dys, geometry, 'full-precision');
        return write(x.shape, adderConv2dBackpropInputReference(xs, filters, dys, geometry, inputGradient));
      },
    );
    registerArrayKernel(backend, 'AdderConv2DBackpropFilter', ({filter}, _attributes, {write}) => {
      if (pending === undefined) throw new Error('no gradient of x was asked for before');
      const values = pending;
      pending = undefined;
      return write(filter.shape, values);
    });
    const {failures} = await runConformance({
      backend,
      ops: ['AdderConv2D'],
      randomCases: 0,
      filter,
    });
    expect(new Set(failures.map(({rule}) => rule))).toEqual(new Set(['single-gradient']));
    expect(failures.every(({quantity}) => quantity === 'gradient of filter')).toBe(true);
  });

  it('an empty batch that throws', async () => {
    registerArrayKernel(backend, 'AdderConv2D', ({x, filter}, {geometry}, {read, write}) => {
      if (geometry.batch === 0) throw new RangeError('nothing to do');
      return write(outShape(geometry), adderConv2dReference(read(x), read(filter), geometry));
    });
    const {failures} = await runConformance({
      backend,
      ops: ['AdderConv2D'],
      rules: ['shape-and-dtype'],
      randomCases: 0,
      filter,
    });
    expect([...new Set(failures.map((failure) => failure.case?.id.split('/')[1]))]).toEqual(['batch-0']);
    expect(failures[0]?.message).toBe('threw RangeError: nothing to do');
  });
});
