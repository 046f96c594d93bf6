// SPDX-License-Identifier: Apache-2.0
import fc from 'fast-check';
import {describe, expect, it} from 'vitest';
import {Score} from '../src/training/score.js';

describe('Score', () => {
  it('agrees with a direct computation in float64', () => {
    const row = fc.tuple(
      fc.array(fc.double({min: -20, max: 20, noNaN: true}), {minLength: 7, maxLength: 7}),
      fc.integer({min: 0, max: 6}),
    );
    fc.assert(
      fc.property(fc.array(row, {minLength: 1, maxLength: 20}), (rows) => {
        const score = new Score();
        score.add(
          rows.flatMap(([logits]) => logits),
          rows.map(([, label]) => label),
          7,
        );
        let loss = 0;
        let top1 = 0;
        let top5 = 0;
        for (const [logits, label] of rows) {
          const exponentials = logits.map((value) => Math.exp(value));
          loss -= Math.log((exponentials[label] ?? 0) / exponentials.reduce((sum, value) => sum + value, 0));
          // A stable sort puts the lower index first among equals.
          const order = logits.map((_, index) => index).sort((a, b) => (logits[b] ?? 0) - (logits[a] ?? 0));
          if (order[0] === label) top1++;
          if (order.slice(0, 5).includes(label)) top5++;
        }
        expect(score.loss).toBeCloseTo(loss / rows.length, 10);
        expect(score.top1).toBe(top1 / rows.length);
        expect(score.top5).toBe(top5 / rows.length);
        expect(score.images).toBe(rows.length);
      }),
    );
  });

  it('does not overflow, and gives a row with NaN no credit', () => {
    const score = new Score();
    score.add([1e4, -1e4, 1e4, -1e4], [0, 0], 2);
    expect(score.loss).toBe(0);
    const wrong = new Score();
    wrong.add([1e4, -1e4], [1], 2);
    expect(wrong.loss).toBe(2e4);
    expect(wrong.top5).toBe(1);
    const broken = new Score();
    broken.add([NaN, 1, 2, 1, NaN, 0], [0, 0], 3);
    expect(broken.loss).toBeNaN();
    expect([broken.top1, broken.top5]).toEqual([0, 0]);
  });
});
