// SPDX-License-Identifier: Apache-2.0
/**
 * Takes the vectors of a WebAssembly module apart: of every v128 local it makes four f32 (or two f64) locals, and of every vector instruction as many
 * scalar ones, with the same results bit by bit. So every kernel has a build for engines without SIMD; an instruction that has no rule here
 * fails the build.
 *
 * It works on binaryen's flat form, in which operands are locals or constants and only `local.set` takes the results.
 */
import binaryen from 'assemblyscript/binaryen';
import {lanewiseRules} from './lanewise-rules.mjs';
import {chooseKinds, infoOf, KINDS, ruleFor} from './vector-kinds.mjs';

/** What engines without SIMD are sure to have. */
const FEATURES = binaryen.Features.MutableGlobals;
const SHIFTS = {
  [binaryen.ShlVecI32x4]: 'shl',
  [binaryen.ShrSVecI32x4]: 'shr_s',
  [binaryen.ShrUVecI32x4]: 'shr_u',
};

/**
 * @param {Uint8Array} binary a module with SIMD
 * @returns {Uint8Array} the same without
 */
export function lowerSimd(binary) {
  const module = binaryen.readBinary(binary);
  module.setFeatures(FEATURES | binaryen.Features.SIMD128);
  // A function cannot return a vector in pieces: those that do, or take one, move into their callers.
  binaryen.setAlwaysInlineMaxSize(2 ** 20);
  binaryen.setAllowInliningFunctionsWithLoops(true);
  module.runPasses(['inlining-optimizing', 'remove-unused-module-elements', 'flatten']);
  const names = Array.from({length: module.getNumFunctions()}, (_, index) => {
    return binaryen.getFunctionInfo(module.getFunctionByIndex(index)).name;
  });
  const rules = lanewiseRules(module);
  for (const name of names) new FunctionLowering(module, rules, name).run();
  module.setFeatures(FEATURES);
  if (!module.validate()) throw new Error('lower-simd: the module without SIMD is not valid');
  binaryen.setOptimizeLevel(3);
  binaryen.setShrinkLevel(0);
  module.optimize();
  const result = module.emitBinary();
  module.dispose();
  return result;
}

class FunctionLowering {
  constructor(module, rules, name) {
    this.module = module;
    this.rules = rules;
    this.name = name;
    this.info = binaryen.getFunctionInfo(module.getFunction(name));
    this.params = binaryen.expandType(this.info.params);
    this.types = [...this.params, ...this.info.vars];
    /** Per v128 local the first of the locals that its lanes are in, and their kind. */
    this.pieces = new Map();
  }

  run() {
    const {module, name, info, params} = this;
    if (info.module !== '') return;
    if ([...params, ...binaryen.expandType(info.results)].includes(binaryen.v128)) {
      this.fail('a function that takes or returns a vector and cannot be inlined');
    }
    if (!this.types.includes(binaryen.v128)) return;
    this.makePieces();
    const body = this.statement(info.body);
    const vars = this.types.slice(params.length).map((type) => (type === binaryen.v128 ? binaryen.i32 : type));
    module.removeFunction(name);
    module.addFunction(name, info.params, info.results, vars, body);
  }

  fail(what) {
    throw new Error(
      `lower-simd: ${this.exportName() ?? `function ${this.name}`}: no rule for ${what}; add one to tools/, or write the kernel without it`,
    );
  }

  exportName() {
    const {module, name} = this;
    const exports = Array.from({length: module.getNumExports()}, (_, index) =>
      binaryen.getExportInfo(module.getExportByIndex(index)),
    );
    return exports.find(({value}) => value === name)?.name;
  }

  failAt(expression) {
    this.fail(binaryen.emitText(expression).replace(/\s+/g, ' ').trim());
  }

  newLocal(type) {
    return this.types.push(type) - 1;
  }

  /** Makes the locals for the lanes of every v128 local. */
  makePieces() {
    for (const [index, kind] of chooseKinds(this.info.body, this.types, this.rules)) {
      const {type, lanes} = KINDS[kind];
      this.pieces.set(index, {kind, first: this.types.length});
      for (let lane = 0; lane < lanes; lane++) this.newLocal(type);
    }
  }

  /** The statement with every vector in it taken apart. */
  statement(expression) {
    const {module} = this;
    const info = infoOf(expression);
    switch (info.id) {
      case binaryen.BlockId:
        return module.block(
          info.name || null,
          info.children.map((child) => this.statement(child)),
          info.type,
        );
      case binaryen.LoopId:
        return module.loop(info.name, this.statement(info.body));
      case binaryen.IfId:
        return module.if(
          info.condition,
          this.statement(info.ifTrue),
          info.ifFalse ? this.statement(info.ifFalse) : undefined,
        );
      case binaryen.LocalSetId:
        return this.localSet(expression, info);
      case binaryen.StoreId:
        return binaryen.getExpressionType(info.value) === binaryen.v128 ? this.store(info) : expression;
      case binaryen.SIMDLoadStoreLaneId:
        if (info.op !== binaryen.Store32LaneVec128) this.failAt(expression);
        return module.f32.store(info.offset, 4, info.ptr, this.lane(info.vec, 'f32', info.index));
      case binaryen.DropId:
        return binaryen.getExpressionType(info.value) === binaryen.v128 ? module.nop() : expression;
      default:
        return expression;
    }
  }

  localSet(expression, {index, value}) {
    if (this.types[index] === binaryen.v128) return this.vectorSet(index, value);
    const scalar = this.scalarOfVector(value);
    return scalar === undefined ? expression : this.module.local.set(index, scalar);
  }

  /** The value of an instruction that makes a scalar of a vector; undefined for others. */
  scalarOfVector(expression) {
    const {module} = this;
    const {id, op, vec, index, value} = infoOf(expression);
    if (id === binaryen.SIMDExtractId) {
      if (op === binaryen.ExtractLaneVecF32x4) return this.lane(vec, 'f32', index);
      if (op === binaryen.ExtractLaneVecF64x2) return this.lane(vec, 'f64', index);
      if (op === binaryen.ExtractLaneVecI32x4) return module.i32.reinterpret(this.lane(vec, 'f32', index));
      this.failAt(expression);
    }
    if (id === binaryen.UnaryId && binaryen.getExpressionType(value) === binaryen.v128) {
      if (op !== binaryen.AnyTrueVec128) this.failAt(expression);
      const bits = [0, 1, 2, 3].map((lane) => module.i32.reinterpret(this.lane(value, 'f32', lane)));
      return module.i32.ne(
        bits.reduce((a, b) => module.i32.or(a, b)),
        module.i32.const(0),
      );
    }
    return undefined;
  }

  store({offset, ptr, value}) {
    const {module} = this;
    const {id, index} = infoOf(value);
    const kind = id === binaryen.LocalGetId ? this.pieces.get(index).kind : 'f32';
    const {lanes, bytes} = KINDS[kind];
    const stores = Array.from({length: lanes}, (_, lane) =>
      module[kind].store(offset + lane * bytes, 4, this.copy(ptr), this.lane(value, kind, lane)),
    );
    return module.block(null, stores);
  }

  /** Sets the locals of vector `index`; by way of temporary ones, as the value may use the vector's old lanes. */
  vectorSet(index, value) {
    const {module} = this;
    const {kind, first} = this.pieces.get(index);
    const made = this.vector(value, kind);
    const {type} = KINDS[made.kind];
    const temporaries = made.lanes.map(() => this.newLocal(type));
    const sets = made.lanes.map((lane, at) => module.local.set(temporaries[at], lane));
    for (let lane = 0; lane < KINDS[kind].lanes; lane++) {
      const get = (i) => module.local.get(temporaries[i], type);
      sets.push(module.local.set(first + lane, this.convert(made.kind, kind, get, lane)));
    }
    return module.block(null, sets);
  }

  /** Lane `lane` of kind `to` from lanes of kind `from`. */
  convert(from, to, get, lane) {
    const {i32, i64, f32, f64} = this.module;
    if (from === to) return get(lane);
    if (to === 'f64') {
      const half = (i) => i64.extend_u(i32.reinterpret(get(2 * lane + i)));
      return f64.reinterpret(i64.or(half(0), i64.shl(half(1), i64.const(32n))));
    }
    const whole = i64.reinterpret(get(lane >> 1));
    return f32.reinterpret(i32.wrap(lane & 1 ? i64.shr_u(whole, i64.const(32n)) : whole));
  }

  /** The lanes that an instruction makes. `wanted` is the kind of their destination, for those that can make either. */
  vector(value, wanted) {
    const {module} = this;
    const info = infoOf(value);
    const {id, op} = info;
    const all = (kind, lane) => ({kind, lanes: Array.from({length: KINDS[kind].lanes}, (_, i) => lane(i))});
    if (id === binaryen.LocalGetId || id === binaryen.ConstId) return all(wanted, (i) => this.lane(value, wanted, i));
    if (id === binaryen.LoadId) {
      const {bytes} = KINDS[wanted];
      return all(wanted, (i) => module[wanted].load(info.offset + i * bytes, 4, this.copy(info.ptr)));
    }
    if (id === binaryen.SIMDLoadId && op === binaryen.Load32SplatVec128) {
      return all('f32', () => module.f32.load(info.offset, 4, this.copy(info.ptr)));
    }
    if (id === binaryen.SIMDLoadId && op === binaryen.Load32ZeroVec128) {
      return all('f32', (i) => (i === 0 ? module.f32.load(info.offset, 4, info.ptr) : module.f32.const(0)));
    }
    if (id === binaryen.SIMDLoadStoreLaneId && op === binaryen.Load32LaneVec128) {
      return all('f32', (i) =>
        i === info.index ? module.f32.load(info.offset, 4, info.ptr) : this.lane(info.vec, 'f32', i),
      );
    }
    if (id === binaryen.SIMDReplaceId && op === binaryen.ReplaceLaneVecF32x4) {
      return all('f32', (i) => (i === info.index ? info.value : this.lane(info.vec, 'f32', i)));
    }
    if (id === binaryen.SIMDShuffleId) {
      return all('f32', (i) => {
        const from = info.mask[4 * i];
        const whole = from % 4 === 0 && [1, 2, 3].every((byte) => info.mask[4 * i + byte] === from + byte);
        if (!whole) this.failAt(value);
        return from < 16 ? this.lane(info.left, 'f32', from / 4) : this.lane(info.right, 'f32', from / 4 - 4);
      });
    }
    if (id === binaryen.SelectId) {
      return all(wanted, (i) =>
        module.select(this.copy(info.condition), this.lane(info.ifTrue, wanted, i), this.lane(info.ifFalse, wanted, i)),
      );
    }
    if (id === binaryen.SIMDTernaryId && op === binaryen.BitselectVec128) {
      const bits = (operand, i) => module.i32.reinterpret(this.lane(operand, 'f32', i));
      return all('f32', (i) =>
        module.f32.reinterpret(
          module.i32.xor(
            bits(info.b, i),
            module.i32.and(module.i32.xor(bits(info.a, i), bits(info.b, i)), bits(info.c, i)),
          ),
        ),
      );
    }
    if (id === binaryen.SIMDShiftId && op in SHIFTS) {
      const bits = (i) => module.i32.reinterpret(this.lane(info.vec, 'f32', i));
      return all('f32', (i) => module.f32.reinterpret(module.i32[SHIFTS[op]](bits(i), this.copy(info.shift))));
    }
    if (id === binaryen.UnaryId) {
      const {value: operand} = info;
      if (op === binaryen.SplatVecF32x4) return all('f32', () => this.copy(operand));
      if (op === binaryen.SplatVecF64x2) return all('f64', () => this.copy(operand));
      if (op === binaryen.SplatVecI32x4) return all('f32', () => module.f32.reinterpret(this.copy(operand)));
      if (op === binaryen.PromoteLowVecF32x4ToVecF64x2) {
        return all('f64', (i) => module.f64.promote(this.lane(operand, 'f32', i)));
      }
      if (op === binaryen.DemoteZeroVecF64x2ToVecF32x4) {
        return all('f32', (i) => (i < 2 ? module.f32.demote(this.lane(operand, 'f64', i)) : module.f32.const(0)));
      }
    }
    const rule = ruleFor(this.rules, info);
    if (rule === undefined) this.failAt(value);
    const operands = id === binaryen.UnaryId ? [info.value] : [info.left, info.right];
    return all(rule.kind, (i) => rule.build(...operands.map((operand) => () => this.lane(operand, rule.kind, i))));
  }

  /** Lane `lane`, seen as `kind`, of an operand: a local or a constant. */
  lane(operand, kind, lane) {
    const {module} = this;
    const info = infoOf(operand);
    if (info.id === binaryen.ConstId) {
      const {buffer} = Uint8Array.from(info.value);
      if (kind === 'f64') return module.f64.reinterpret(module.i64.const(new BigInt64Array(buffer)[lane]));
      return module.f32.reinterpret(module.i32.const(new Int32Array(buffer)[lane]));
    }
    if (info.id !== binaryen.LocalGetId) this.failAt(operand);
    const {kind: own, first} = this.pieces.get(info.index);
    const {type} = KINDS[own];
    return this.convert(own, kind, (i) => module.local.get(first + i, type), lane);
  }

  /** A second copy of a scalar operand, as an expression may stand in one place only. */
  copy(operand) {
    return this.module.copyExpression(operand);
  }
}
