// SPDX-License-Identifier: Apache-2.0

/** Whether every value is a finite number of at most `limit` in magnitude. */
export function allWithin(values: Float32Array, limit: number): boolean {
  for (let i = 0; i < values.length; i++) {
    // Negated, so that NaN fails.
    if (!(Math.abs(values[i]) <= limit)) return false;
  }
  return true;
}

/** Whether no value is NaN or infinite. */
export function allFinite(values: Float32Array): boolean {
  return allWithin(values, Number.MAX_VALUE);
}
