// SPDX-License-Identifier: Apache-2.0
import {describe, expect, it} from 'vitest';
import {inProcess} from './support.js';

/** Figures by column of a printed table's row. */
const rowOf = (text: string, operator: string, form: string): string[] =>
  (text.split('\n').find((line) => new RegExp(`^${operator} +${form} `).test(line)) ?? '').trim().split(/ +/);

describe('addernet count', () => {
  it('prints operations, traffic and energy of each operator, plain and fused, and what the literature says', async () => {
    const {code, stdout, stderr} = await inProcess('count', 'resnet20');
    expect({code, stderr}).toEqual({code: 0, stderr: ''});
    expect(stdout).toContain(
      'resnet20: 272,484 trainable parameters (274,072 in all); one image at inference, float32',
    );
    // 40.8 M taps; 188,426 elements through batch norm and 640 mean values more.
    expect(rowOf(stdout, 'conv', 'plain').slice(2, 4)).toEqual(['41.0M', '41.3M']);
    expect(rowOf(stdout, 'adder', 'plain').slice(2, 4)).toEqual(['644k', '81.7M']);
    expect(rowOf(stdout, 'adder', 'fused').slice(0, 2)).toEqual(['adder', 'fused']);
    expect(stdout).toContain('82.34 M additions. Two per tap make 81,626,368 in all layers');
    expect(stdout).toContain('neither is that');
  });

  it('fits into 80 columns with every option', async () => {
    const {stdout} = await inProcess(
      ...['count', 'resnet56', '--batch=128', '--peak=36', '--bandwidth=9', '--layers', '--precision=int8'],
    );
    const tables = stdout.split('\n').filter((line) => / {2}/.test(line));
    expect(tables.length).toBeGreaterThan(150);
    expect(Math.max(...tables.map((line) => line.length))).toBeLessThanOrEqual(80);
  });

  it('has everything as JSON', async () => {
    const {stdout} = await inProcess(
      ...[
        'count',
        'lenet5-bn',
        '--dataset=mnist',
        '--operators=adder',
        '--layers',
        '--json',
        '--peak=1',
        '--bandwidth=1',
      ],
    );
    const [model]: unknown[] = JSON.parse(stdout);
    expect(model).toMatchObject({
      architecture: 'lenet5-bn',
      operator: 'adder',
      literature: {published: '870 K', everyLayer: 833_040, reproducedBy: 'neither'},
      forms: [
        {form: 'plain', taps: 416_520},
        {form: 'fused', taps: 416_520},
      ],
    });
    expect(model).toHaveProperty('forms.0.layers.0.layer', 'conv1');
    expect(model).toHaveProperty('forms.1.layers.0.absorbed', ['bn1', 'relu1']);
    expect(model).toHaveProperty('forms.0.rooflineSeconds', expect.any(Number));
    expect(model).toHaveProperty('forms.0.energyPicojoule.dram.weights', expect.any(Number));
  });

  it.each([
    ['an unknown architecture', ['count', 'resnet21'], /unknown architecture "resnet21"; did you mean "resnet20"\?/],
    ['a shape that is none', ['count', 'tiny', '--input=32x32'], /given "32x32", expected height x width x channels/],
    ['one roof', ['count', 'tiny', '--peak=3'], /given --peak alone, expected --peak and --bandwidth together/],
    ['a peak of 0', ['count', 'tiny', '--peak=0'], /given "0", expected a number > 0/],
    ['no operator', ['count', 'tiny', '--operators='], /expected one or more different names/],
  ])('refuses %s', async (_what, args, message) => {
    const {code, stderr} = await inProcess(...args);
    expect(stderr).toMatch(message);
    expect(code).toBe(2);
  });
});
