// SPDX-License-Identifier: Apache-2.0

/** Copies `bytes` bytes, a multiple of 4. For the short rows of images a loop is faster than memory.copy, which is a call. */
export function copyFloats(source: usize, target: usize, bytes: usize): void {
  const end = source + bytes;
  while (source + 64 <= end) {
    v128.store(target, v128.load(source));
    v128.store(target, v128.load(source, 16), 16);
    v128.store(target, v128.load(source, 32), 32);
    v128.store(target, v128.load(source, 48), 48);
    source += 64;
    target += 64;
  }
  while (source + 16 <= end) {
    v128.store(target, v128.load(source));
    source += 16;
    target += 16;
  }
  while (source < end) {
    store<f32>(target, load<f32>(source));
    source += 4;
    target += 4;
  }
}
