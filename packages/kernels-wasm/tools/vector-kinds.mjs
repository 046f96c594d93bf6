// SPDX-License-Identifier: Apache-2.0
/** What the lanes of a function's vectors are kept in: a choice by the instructions that make and take them. */
import binaryen from 'assemblyscript/binaryen';

/** How a vector lies in locals: in four f32, or in two f64 where only f64x2 instructions meet it. */
export const KINDS = {f32: {type: binaryen.f32, lanes: 4, bytes: 4}, f64: {type: binaryen.f64, lanes: 2, bytes: 8}};

/**
 * The kind of locals for every v128 local of a function: an index in `types` → f32 or f64. Vectors that are copies of each other lie in locals of
 * the same kind.
 */
export function chooseKinds(body, types, rules) {
  const vectors = types.flatMap((type, index) => (type === binaryen.v128 ? [index] : []));
  const parent = new Map(vectors.map((index) => [index, index]));
  const root = (index) => {
    while (parent.get(index) !== index) index = parent.get(index);
    return index;
  };
  const met = new Map(vectors.map((index) => [index, new Set()]));
  const meet = (operand, kind) => {
    const {id, index} = infoOf(operand);
    if (id === binaryen.LocalGetId && types[index] === binaryen.v128) met.get(index).add(kind);
  };
  visit(body, (expression) => {
    const info = infoOf(expression);
    if (info.id === binaryen.LocalSetId && types[info.index] === binaryen.v128) {
      const value = infoOf(info.value);
      if (value.id === binaryen.LocalGetId) parent.set(root(info.index), root(value.index));
      const kind = resultKind(rules, value);
      if (kind !== undefined) met.get(info.index).add(kind);
    }
    for (const [operand, kind] of operandKinds(rules, info)) meet(operand, kind);
  });
  const kinds = new Map();
  for (const index of vectors) {
    const all = kinds.get(root(index)) ?? new Set();
    for (const kind of met.get(index)) all.add(kind);
    kinds.set(root(index), all);
  }
  return new Map(
    vectors.map((index) => {
      const all = kinds.get(root(index));
      return [index, all.has('f64') && !all.has('f32') ? 'f64' : 'f32'];
    }),
  );
}

/** The lane by lane rule for an instruction, if there is one. */
export function ruleFor(rules, {id, op}) {
  if (id === binaryen.UnaryId) return rules.unary.get(op);
  return id === binaryen.BinaryId ? rules.binary.get(op) : undefined;
}

function resultKind(rules, info) {
  const {id, op} = info;
  if (id === binaryen.UnaryId && op === binaryen.SplatVecF64x2) return 'f64';
  if (id === binaryen.UnaryId && op === binaryen.PromoteLowVecF32x4ToVecF64x2) return 'f64';
  if (id === binaryen.UnaryId || id === binaryen.BinaryId) return ruleFor(rules, info)?.kind ?? 'f32';
  return id === binaryen.SIMDShuffleId || id === binaryen.SIMDReplaceId ? 'f32' : undefined;
}

function operandKinds(rules, info) {
  const {id, op, value, left, right, vec} = info;
  const kind = ruleFor(rules, info)?.kind ?? 'f32';
  if (id === binaryen.UnaryId) return [[value, op === binaryen.DemoteZeroVecF64x2ToVecF32x4 ? 'f64' : kind]];
  if (id === binaryen.BinaryId) return [left, right].map((operand) => [operand, kind]);
  if (id === binaryen.SIMDShuffleId) return [left, right].map((operand) => [operand, 'f32']);
  if (id === binaryen.SIMDExtractId) return [[vec, op === binaryen.ExtractLaneVecF64x2 ? 'f64' : 'f32']];
  if (id === binaryen.SIMDReplaceId) return [[vec, 'f32']];
  return [];
}

/** Calls `act` for every expression of a flat body. */
function visit(expression, act) {
  if (!expression) return;
  act(expression);
  const info = infoOf(expression);
  if (info.id === binaryen.BlockId) for (const child of info.children) visit(child, act);
  else if (info.id === binaryen.LoopId) visit(info.body, act);
  else if (info.id === binaryen.IfId) [info.ifTrue, info.ifFalse].forEach((child) => visit(child, act));
  else if (info.id === binaryen.LocalSetId || info.id === binaryen.DropId) visit(info.value, act);
}

/** As binaryen's own, which fails on an unreachable. */
export function infoOf(expression) {
  const id = binaryen.getExpressionId(expression);
  return id === binaryen.UnreachableId ? {id} : binaryen.getExpressionInfo(expression);
}
