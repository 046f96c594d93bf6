// SPDX-License-Identifier: Apache-2.0
import binaryen from 'assemblyscript/binaryen';
import fc from 'fast-check';
import {describe, expect, it} from 'vitest';
import {lowerSimd} from '../tools/lower-simd.mjs';

/** Vector expressions of vectors $a, $b and $c. */
const VECTORS = [
  ...['add', 'sub', 'mul', 'div', 'min', 'max', 'pmin', 'pmax', 'eq', 'ne', 'lt', 'gt', 'le', 'ge'].map(
    (name) => `(f32x4.${name} (local.get $a) (local.get $b))`,
  ),
  ...['neg', 'abs', 'sqrt', 'ceil', 'floor', 'trunc', 'nearest'].map((name) => `(f32x4.${name} (local.get $a))`),
  ...['add', 'sub', 'mul', 'div'].map((name) => `(f64x2.${name} (local.get $a) (local.get $b))`),
  ...['and', 'or', 'xor', 'andnot'].map((name) => `(v128.${name} (local.get $a) (local.get $b))`),
  ...['add', 'sub', 'mul', 'eq', 'ne', 'lt_s', 'lt_u', 'gt_s', 'gt_u', 'le_s', 'le_u', 'ge_s', 'ge_u'].map(
    (name) => `(i32x4.${name} (local.get $a) (local.get $b))`,
  ),
  ...['shl', 'shr_s', 'shr_u'].map((name) => `(i32x4.${name} (local.get $a) (i32x4.extract_lane 0 (local.get $b)))`),
  '(v128.not (local.get $a))',
  '(v128.bitselect (local.get $a) (local.get $b) (local.get $c))',
  '(f64x2.promote_low_f32x4 (local.get $a))',
  '(f32x4.demote_f64x2_zero (local.get $a))',
  '(f32x4.splat (f32x4.extract_lane 2 (local.get $a)))',
  '(i32x4.splat (i32x4.extract_lane 3 (local.get $b)))',
  '(f64x2.splat (f64x2.extract_lane 1 (local.get $a)))',
  '(f32x4.replace_lane 1 (local.get $a) (f32x4.extract_lane 3 (local.get $b)))',
  '(i8x16.shuffle 28 29 30 31 0 1 2 3 20 21 22 23 4 5 6 7 (local.get $a) (local.get $b))',
  '(v128.load32_splat offset=20 (i32.const 4))',
  '(v128.load32_zero offset=20 (i32.const 4))',
  '(v128.load32_lane offset=20 2 (i32.const 4) (local.get $c))',
  '(v128.const i32x4 1 -2 0x7fc00001 4)',
  '(i32x4.splat (v128.any_true (f32x4.gt (local.get $a) (local.get $b))))',
  '(select (local.get $a) (local.get $b) (i32x4.extract_lane 0 (local.get $c)))',
  // f64x2 values that other lanes see, and a vector that is made of its own old lanes
  '(v128.xor (f64x2.add (local.get $a) (local.get $b)) (local.get $c))',
  '(local.tee $a (i8x16.shuffle 4 5 6 7 8 9 10 11 12 13 14 15 0 1 2 3 (local.get $a) (local.get $a)))',
  '(call $helper (local.get $a) (local.get $b))',
];

/** A module whose function `run` stores the expression's value at 64, and a lane of it at 80. */
function moduleOf(expression: string): Uint8Array {
  const module = binaryen.parseText(`(module
    (import "env" "memory" (memory 1))
    (func $helper (param $a v128) (param $b v128) (result v128) (f32x4.sub (local.get $b) (local.get $a)))
    (func $run (export "run") (local $a v128) (local $b v128) (local $c v128) (local $value v128)
      (local.set $a (v128.load (i32.const 0)))
      (local.set $b (v128.load (i32.const 16)))
      (local.set $c (v128.load (i32.const 32)))
      (local.set $value ${expression})
      (v128.store (i32.const 64) (local.get $value))
      (v128.store32_lane 1 (i32.const 80) (local.get $value))))`);
  module.setFeatures(binaryen.Features.SIMD128 | binaryen.Features.MutableGlobals);
  expect(module.validate(), expression).toBe(1);
  return module.emitBinary();
}

function run(binary: Uint8Array, inputs: Uint8Array): Uint32Array {
  const memory = new WebAssembly.Memory({initial: 1});
  new Uint8Array(memory.buffer).set(inputs);
  const {exports} = new WebAssembly.Instance(new WebAssembly.Module(Uint8Array.from(binary)), {env: {memory}});
  (exports['run'] as () => void)();
  return new Uint32Array(memory.buffer, 64, 5);
}

/** Which NaN an arithmetic instruction makes, WebAssembly leaves open. */
function canonical(results: Uint32Array): number[] {
  return [...results].map((bits) => ((bits & 0x7fffffff) >>> 0 > 0x7f800000 ? 0x7fc00000 : bits));
}

const floats = fc.oneof(
  fc.float(),
  fc.constantFrom(0, -0, 1, -1, NaN, Infinity, -Infinity, 2 ** -149),
  fc.integer({min: -4, max: 4}).map((value) => value / 2),
);

describe('a module without its vectors', () => {
  it.each(VECTORS)('computes the same: %s', (expression) => {
    const binary = moduleOf(expression);
    const lowered = lowerSimd(binary);
    const module = binaryen.readBinary(lowered);
    module.setFeatures(binaryen.Features.MutableGlobals);
    expect(module.validate()).toBe(1);
    fc.assert(
      fc.property(fc.array(floats, {minLength: 12, maxLength: 12}), (values) => {
        const inputs = new Uint8Array(Float32Array.from(values).buffer);
        expect(canonical(run(lowered, inputs))).toEqual(canonical(run(binary, inputs)));
      }),
    );
  });

  it.each(['(i8x16.add (local.get $a) (local.get $b))', '(i32x4.trunc_sat_f32x4_s (local.get $a))'])(
    'is refused, with the instruction and the function, where there is no rule for %s',
    (expression) => {
      const [, name = ''] = /\((\S+)/.exec(expression) ?? [];
      expect(() => lowerSimd(moduleOf(expression))).toThrow(
        new RegExp(`^lower-simd: run: no rule for .*${name.replace('.', '\\.')}`),
      );
    },
  );

  it('is refused where a shuffle takes lanes apart', () => {
    const bytes = Array.from({length: 16}, (_, index) => index ^ 1).join(' ');
    const expression = `(i8x16.shuffle ${bytes} (local.get $a) (local.get $b))`;
    expect(() => lowerSimd(moduleOf(expression))).toThrow(/no rule for \(i8x16\.shuffle/);
  });
});
