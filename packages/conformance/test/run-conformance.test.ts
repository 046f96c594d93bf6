// SPDX-License-Identifier: Apache-2.0
import '@tensorflow/tfjs-backend-cpu';
import {KERNEL_NAMES} from '@addernet/core';
import * as tf from '@tensorflow/tfjs-core';
import {afterEach, beforeEach, describe, expect, it} from 'vitest';
import {
  assertConformance,
  ConformanceError,
  ConformanceSetupError,
  formatFailure,
  runConformance,
  type ConformanceOptions,
  type Exclusion,
} from '../src/index.js';
import {correctKernels, registerArrayKernels} from './support/reference-kernels.js';
import {removeThrowAwayBackend, startThrowAwayBackend} from './support/throw-away-backend.js';

describe('runConformance', () => {
  let backend = '';
  beforeEach(async () => {
    backend = await startThrowAwayBackend();
  });
  afterEach(() => removeThrowAwayBackend(backend));

  /** Wrong for dilations alone. */
  function registerWithoutDilation(): void {
    registerArrayKernels(backend, {
      adder: (x, filter, g) => correctKernels.adder(x, filter, {...g, dilationHeight: 1, dilationWidth: 1}),
    });
  }

  const base = (): ConformanceOptions => ({backend, ops: ['AdderConv2D'], rules: ['error-bound'], randomCases: 0});

  it('names op, case, shapes, attributes, rule and the worst element', async () => {
    registerWithoutDilation();
    const {failures} = await runConformance({...base(), filter: 'AdderConv2D/dilation-2-valid/sign/sign'});
    expect(failures).toHaveLength(1);
    const [failure] = failures;
    expect(failure).toMatchObject({
      backend,
      op: 'AdderConv2D',
      rule: 'error-bound',
      quantity: 'output y',
      case: {
        id: 'AdderConv2D/dilation-2-valid/sign/sign',
        inputs: [
          {name: 'x', shape: [2, 7, 8, 4]},
          {name: 'filter', shape: [3, 3, 4, 5]},
        ],
        attributes: {strides: [1, 1], dilations: [2, 2], pad: 'valid', groups: 1, inputGradient: 'sign'},
      },
    });
    expect(failure?.worst?.index).toHaveLength(4);
    const {got = NaN, expected = NaN, bound = NaN} = failure?.worst ?? {};
    expect(Math.abs(got - expected)).toBeGreaterThan(bound);
    expect(bound).toBeGreaterThan(0);
    expect(failure && formatFailure(failure)).toContain('x [2, 7, 8, 4], filter [3, 3, 4, 5]; strides [1,1]');
  });

  it('tells each case under each rule before it runs', async () => {
    registerArrayKernels(backend, correctKernels);
    const told: string[] = [];
    await runConformance({
      ...base(),
      rules: ['error-bound', 'determinism'],
      filter: 'AdderConv2D/valid/*/full-precision',
      onCase: (caseId, rule) => told.push(`${rule} ${caseId}`),
    });
    expect(told).toEqual(
      ['error-bound', 'determinism'].flatMap((rule) =>
        ['hard-tanh', 'sign', 'full-precision'].map((input) => `${rule} AdderConv2D/valid/${input}/full-precision`),
      ),
    );
  });

  it('replays a failure by case id and seed, with the same numbers', async () => {
    registerWithoutDilation();
    const {failures} = await runConformance({...base(), seed: 42, filter: '*/dilation-*'});
    const original = failures.find((failure) => failure.case?.id.includes('dilation-2x3-explicit'));
    expect(original?.replay).toContain("seed: 42, filter: 'AdderConv2D/dilation-2x3-explicit/");
    const replayed = await runConformance({...base(), seed: 42, filter: original?.case?.id ?? ''});
    expect(replayed.failures).toEqual([original]);
    const otherSeed = await runConformance({...base(), seed: 43, filter: original?.case?.id ?? ''});
    expect(otherSeed.failures[0]?.worst).not.toEqual(original?.worst);
  });

  it('assertConformance throws with the failures in the message, and not without failures', async () => {
    registerWithoutDilation();
    const options = {...base(), filter: '*/dilation-*'};
    const result = await runConformance(options);
    expect(() => assertConformance(result)).toThrow(ConformanceError);
    expect(() => assertConformance(result)).toThrow(/rule error-bound, output y: \d+ of \d+ elements differ/u);
    registerArrayKernels(backend);
    assertConformance(await runConformance(options));
  });

  describe('exclusions', () => {
    const dilation: Exclusion = {
      op: 'AdderConv2D',
      rule: 'error-bound',
      cases: 'AdderConv2D/dilation-*',
      quantities: 'output y',
      reason: 'the kernel has no dilation yet',
    };

    it('cover checks that fail, and are listed with their reason', async () => {
      registerWithoutDilation();
      const without = await runConformance({...base(), filter: '*/*dilation-*'});
      const withExclusion = await runConformance({
        ...base(),
        filter: '*/*dilation-*',
        exclusions: [{...dilation, cases: ['AdderConv2D/dilation-*', 'AdderConv2D/groups-2-dilation-2-explicit/*']}],
      });
      expect(without.failures.length).toBeGreaterThan(10);
      expect(withExclusion.failures).toEqual([]);
      expect(withExclusion.excluded.map(({failure}) => failure)).toEqual(without.failures);
      expect(withExclusion.excluded.every(({reason}) => reason === 'the kernel has no dilation yet')).toBe(true);
    });

    it('fail when an excluded check passes', async () => {
      registerArrayKernels(backend);
      const {failures} = await runConformance({...base(), filter: '*/dilation-*', exclusions: [dilation]});
      expect(failures.length).toBeGreaterThan(0);
      expect(failures.every(({message}) => message.startsWith('passes now; narrow or remove the exclusion'))).toBe(
        true,
      );
    });

    it('do not reach beyond their quantities', async () => {
      registerArrayKernels(backend, {
        adder: (x, filter, g) => correctKernels.adder(x, filter, {...g, dilationHeight: 1, dilationWidth: 1}),
        adderBackpropFilter: (x, filter, dy, g, kind) =>
          correctKernels.adderBackpropFilter(x, filter, dy, {...g, dilationHeight: 1, dilationWidth: 1}, kind),
      });
      const {failures} = await runConformance({
        ...base(),
        filter: '*/*dilation-*',
        exclusions: [{...dilation, cases: ['AdderConv2D/dilation-*', 'AdderConv2D/groups-2-dilation-2-explicit/*']}],
      });
      expect(new Set(failures.map(({quantity}) => quantity))).toEqual(new Set(['gradient of filter']));
    });

    it('fail when they match nothing', async () => {
      registerArrayKernels(backend);
      const {failures} = await runConformance({
        ...base(),
        exclusions: [{...dilation, cases: 'AdderConv2D/dialtion-*'}],
      });
      expect(failures.map(({message}) => message)).toEqual([
        expect.stringMatching(/^nothing matches the exclusion of AdderConv2D/u),
      ]);
    });

    it('need a reason', async () => {
      await expect(runConformance({...base(), exclusions: [{...dilation, reason: ' '}]})).rejects.toThrow(
        /reason is empty/u,
      );
    });
  });

  describe('expectKernels', () => {
    const kernelsOnly = (expectKernels: 'own' | 'composed'): ConformanceOptions => ({
      backend,
      rules: ['kernels-in-use'],
      expectKernels,
    });

    it("'own' names every kernel that is missing", async () => {
      const {failures} = await runConformance(kernelsOnly('own'));
      expect(failures.map(({quantity}) => quantity)).toContain('kernel BatchNormTrainingGrad');
      expect(failures).toHaveLength(KERNEL_NAMES.length);
      expect(failures[0]?.message).toMatch(/runs on the composed one; is register\(\) called/u);
    });

    it("'own' does not take a composed kernel that the op registered for one", async () => {
      await runConformance({backend, ops: ['AdderConv2D'], rules: ['error-bound'], filter: 'AdderConv2D/valid/*'});
      const {failures} = await runConformance({...kernelsOnly('own'), ops: ['AdderConv2D']});
      expect(failures).toHaveLength(3);
    });

    it("'own' passes with kernels, and 'composed' then fails", async () => {
      registerArrayKernels(backend);
      expect((await runConformance(kernelsOnly('own'))).failures).toEqual([]);
      expect((await runConformance(kernelsOnly('composed'))).failures).toHaveLength(KERNEL_NAMES.length);
    });
  });

  it('makes the backend current for the run, and then the previous one again', async () => {
    registerArrayKernels(backend);
    await tf.setBackend('cpu');
    await runConformance({...base(), filter: 'AdderConv2D/valid/*'});
    expect(tf.getBackend()).toBe('cpu');
  });

  it('refuses what cannot be, and says what can', async () => {
    await expect(runConformance({backend: 'webnn'})).rejects.toThrow(
      /backend 'webnn' has not been started; .*registered: .*cpu/u,
    );
    await expect(runConformance({backend, filter: 'no-such-case'})).rejects.toThrow(ConformanceSetupError);
    await expect(runConformance({backend, ops: []})).rejects.toThrow(/ops is empty/u);
    const unknown: {backend: string} & Record<string, unknown> = {backend, ops: ['Conv3D']};
    await expect(runConformance(unknown)).rejects.toThrow(
      /no op 'Conv3D'; expected one of AdderConv2D, GroupedConv2D/u,
    );
    const noRule: {backend: string} & Record<string, unknown> = {backend, rules: ['speed']};
    await expect(runConformance(noRule)).rejects.toThrow(/no rule 'speed'; expected one of kernels-in-use, /u);
  });
});
