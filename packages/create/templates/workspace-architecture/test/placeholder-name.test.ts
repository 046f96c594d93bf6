// SPDX-License-Identifier: Apache-2.0
import {countOperations} from '@addernet/nn';
import {beforeAll, describe, expect, test} from 'vitest';
import {createModel, listModels} from '../src/index.js';
import {builtInOperators, images, logitsOf, startCpu} from './support.js';

beforeAll(startCpu);

// registry.test.ts trains, saves and loads every architecture of the zoo; here is what is this one's own.
describe.each(builtInOperators)('placeholder-name with $name', (operator) => {
  const inputShape = [32, 32, 3] as const;
  const model = () => createModel('placeholder-name', {operator, numClasses: 10, inputShape, seed: 1});

  test('gives logits', () => {
    const logits = logitsOf(model(), images(2, inputShape));
    expect(logits).toHaveLength(2 * 10);
    expect([...logits].every(Number.isFinite)).toBe(true);
  });

  test('has the taps that its layers have by hand', () => {
    const ordinary = 32 * 32 * (9 * 3 * 8) + 32 * 10;
    const compared = 16 * 16 * (9 * 8 * 16) + 16 * 16 * (9 * 16 * 16) + 8 * 8 * (9 * 16 * 32);
    const {taps, multiplications} = countOperations(model());
    expect(taps).toBe(ordinary + compared);
    expect(multiplications).toBe(ordinary + compared * operator.operationsPerTap.multiplications);
  });
});

test('placeholder-name is listed with its source', () => {
  expect(listModels().find(({name}) => name === 'placeholder-name')?.source).toMatch(/.{10}/);
});
