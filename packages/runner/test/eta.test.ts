// SPDX-License-Identifier: Apache-2.0
import {describe, expect, it} from 'vitest';
import {Eta} from '../src/training/eta.js';

describe('Eta', () => {
  it('counts training by its mean step and evaluations once timed', () => {
    const eta = new Eta(3, 10);
    expect(eta.afterStep(1, 5, 5)).toBeCloseTo(25, 9);
    eta.afterTraining(10);
    eta.afterEvaluation(4);
    expect(eta.afterStep(2, 5, 10)).toBeCloseTo((20 / 15) * 15 + 2 * 4, 9);
    eta.afterTraining(20);
    eta.afterEvaluation(2);
    expect(eta.afterStep(3, 10, 30)).toBeCloseTo(3, 9);
  });
});
