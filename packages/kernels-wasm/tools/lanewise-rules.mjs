// SPDX-License-Identifier: Apache-2.0
import binaryen from 'assemblyscript/binaryen';

/**
 * How scalar instructions do what a vector instruction does to each lane: by binaryen's number of the instruction, the kind of its lanes ('f32' or 'f64')
 * and what builds the scalar expression. It is given functions that make a fresh copy of an operand's lane each, and one such copy may stand in one place only.
 */
export function lanewiseRules(module) {
  const {f32, f64, i32} = module;
  // binaryen numbers the two apart.
  const rules = {unary: new Map(), binary: new Map()};
  const add = (kind, name, build) => {
    const op = binaryen[name];
    if (op === undefined) throw new Error(`binaryen has no operation ${name}`);
    (build.length === 1 ? rules.unary : rules.binary).set(op, {kind, build});
  };
  /** All bits set where the comparison holds. */
  const mask = (condition) => f32.reinterpret(i32.sub(i32.const(0), condition));
  const bits = (build) => (a, b) => f32.reinterpret(build(i32.reinterpret(a()), i32.reinterpret(b())));
  for (const [suffix, kind, scalar] of [
    ['VecF32x4', 'f32', f32],
    ['VecF64x2', 'f64', f64],
  ]) {
    for (const name of ['add', 'sub', 'mul', 'div', 'min', 'max']) {
      add(kind, capital(name) + suffix, (a, b) => scalar[name](a(), b()));
    }
    for (const name of ['neg', 'abs', 'sqrt', 'ceil', 'floor', 'trunc', 'nearest']) {
      add(kind, capital(name) + suffix, (a) => scalar[name](a()));
    }
  }
  for (const name of ['eq', 'ne', 'lt', 'gt', 'le', 'ge']) {
    add('f32', `${capital(name)}VecF32x4`, (a, b) => mask(f32[name](a(), b())));
  }
  // pmax(a, b) = a < b ? b : a. A select would become a branch, which no processor predicts on random data.
  const choose = (a, b, takesB) =>
    f32.reinterpret(
      i32.xor(
        i32.reinterpret(a()),
        i32.and(i32.xor(i32.reinterpret(a()), i32.reinterpret(b())), i32.sub(i32.const(0), takesB)),
      ),
    );
  add('f32', 'PMaxVecF32x4', (a, b) => choose(a, b, f32.lt(a(), b())));
  add('f32', 'PMinVecF32x4', (a, b) => choose(a, b, f32.lt(b(), a())));
  const bitwise = {
    AndVec128: (a, b) => i32.and(a, b),
    OrVec128: (a, b) => i32.or(a, b),
    XorVec128: (a, b) => i32.xor(a, b),
    AndNotVec128: (a, b) => i32.and(a, i32.xor(b, i32.const(-1))),
    ...Object.fromEntries(
      ['Eq', 'Ne', 'LtS', 'LtU', 'GtS', 'GtU', 'LeS', 'LeU', 'GeS', 'GeU'].map((name) => [
        `${name}VecI32x4`,
        (a, b) => i32.sub(i32.const(0), i32[name.replace(/[SU]$/, '_$&').toLowerCase()](a, b)),
      ]),
    ),
    AddVecI32x4: (a, b) => i32.add(a, b),
    SubVecI32x4: (a, b) => i32.sub(a, b),
    MulVecI32x4: (a, b) => i32.mul(a, b),
  };
  for (const [name, build] of Object.entries(bitwise)) add('f32', name, bits(build));
  add('f32', 'NotVec128', (a) => f32.reinterpret(i32.xor(i32.reinterpret(a()), i32.const(-1))));
  return rules;
}

function capital(name) {
  return name[0].toUpperCase() + name.slice(1);
}
