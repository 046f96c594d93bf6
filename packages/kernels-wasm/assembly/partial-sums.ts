// SPDX-License-Identifier: Apache-2.0

/** Sets `bytes` bytes to 0. */
export function clear(target: usize, bytes: i32): void {
  memory.fill(target, 0, <usize>bytes);
}

/**
 * Adds to `count` floats at `target` those that lie `stride` bytes behind them, then those behind these, `parts` − 1 times in all: partial sums are
 * joined in the order of their parts, whoever has made them.
 *
 * @param count a multiple of 8
 */
export function joinPartialSums(target: usize, parts: i32, stride: usize, count: i32): void {
  const end = target + ((<usize>count) << 2);
  for (; target < end; target += 32) {
    let sum0 = v128.load(target);
    let sum1 = v128.load(target, 16);
    let at = target;
    for (let part = 1; part < parts; part++) {
      at += stride;
      sum0 = f32x4.add(sum0, v128.load(at));
      sum1 = f32x4.add(sum1, v128.load(at, 16));
    }
    v128.store(target, sum0);
    v128.store(target, sum1, 16);
  }
}
