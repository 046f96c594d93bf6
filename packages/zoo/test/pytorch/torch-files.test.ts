// SPDX-License-Identifier: Apache-2.0
import {readFileSync} from 'node:fs';
import fc from 'fast-check';
import {describe, expect, it} from 'vitest';
import {PytorchFileError, pytorchFormat, readPytorchFile, UnsafePickleError} from '@addernet/zoo/pytorch';
import {
  bool,
  build,
  call,
  dict,
  float,
  global,
  integer,
  list,
  none,
  orderedDict,
  text,
  tuple,
} from './pickle-writer.js';
import {floats, legacyFile, rowMajor, stateDictFile, storage, tensor, zipFile} from './torch-file-writer.js';

const fixture = (name: string): Uint8Array =>
  readFileSync(new URL(`../fixtures/torch/torch-2.13-${name}.pth`, import.meta.url));

const valuesOf = (bytes: Uint8Array): Record<string, number[]> =>
  Object.fromEntries([...readPytorchFile(bytes).tensors].map(([name, found]) => [name, [...found.toFloat32()]]));

describe('files that PyTorch 2.13 wrote', () => {
  const eighths = Array.from({length: 24}, (_, index) => index / 8);

  it.each(['zip', 'legacy'] as const)(
    '%s: every type, views of one storage, plain values beside the state dict',
    (format) => {
      const file = readPytorchFile(fixture(format));
      expect(file.format).toBe(format);
      expect(file.extra).toEqual({epoch: 12, best_prec1: 91.5, arch: 'tiny', done: true, none: null, big: 2n ** 70n});
      const facts = [...file.tensors].map(([name, {dtype, shape, strides}]) => [name, dtype, shape, strides]);
      expect(facts).toEqual([
        ['module.transposed', 'float32', [4, 2, 3], [1, 12, 4]],
        ['module.strided', 'float32', [5], [5]],
        ['module.parameter', 'float32', [2, 2], [2, 1]],
        ['module.half', 'float16', [2], [1]],
        ['module.brain', 'bfloat16', [2], [1]],
        ['module.double', 'float64', [2], [1]],
        ['module.bytes', 'uint8', [2], [1]],
        ['module.flags', 'bool', [3], [1]],
        ['module.expanded', 'float32', [2, 3], [0, 0]],
        ['module.empty', 'float32', [0, 3], [3, 1]],
        ['module.bn.num_batches_tracked', 'int64', [], []],
      ]);
      expect(valuesOf(fixture(format))).toEqual({
        'module.transposed': [0, 1, 2, 3].flatMap((last) => [0, 4, 8, 12, 16, 20].map((rest) => eighths[rest + last])),
        'module.strided': [1, 6, 11, 16, 21].map((index) => eighths[index]),
        'module.parameter': [1.5, -2.25, 0, 3],
        'module.half': [0.5, -65504],
        'module.brain': [1, -0.15625],
        'module.double': [Math.fround(0.1), Math.fround(1e-3)],
        'module.bytes': [0, 255],
        'module.flags': [1, 0, 1],
        'module.expanded': [7, 7, 7, 7, 7, 7],
        'module.empty': [],
        'module.bn.num_batches_tracked': [78200],
      });
      const storages = ['module.transposed', 'module.strided'].map((name) => file.tensors.get(name)?.storage);
      expect(storages[0]).toBe(storages[1]);
    },
  );

  it('protocol 4, and a type without a storage class', () => {
    expect(valuesOf(fixture('protocol-4'))).toEqual({a: [1, 2, 3], b: [4]});
  });

  it('a whole module is refused: its class would have to be executed', () => {
    expect(() => readPytorchFile(fixture('whole-module'))).toThrow(UnsafePickleError);
    expect(() => readPytorchFile(fixture('whole-module'))).toThrow(
      /names torch\.nn\.modules\.container\.Sequential.*torch\.save\(model\.state_dict\(\), file\)/,
    );
  });
});

describe.each(['zip', 'legacy'] as const)('the %s format', (format) => {
  it('gives back any row-major tensors', () => {
    const shaped = fc.array(fc.nat({max: 4}), {maxLength: 4}).chain((shape) =>
      fc
        .array(fc.float({noNaN: true}), {
          minLength: shape.reduce((product, size) => product * size, 1),
          maxLength: shape.reduce((product, size) => product * size, 1),
        })
        .map((values) => ({shape, values})),
    );
    const names = fc.string({unit: 'binary', maxLength: 8}).filter((name) => name !== '__proto__');
    fc.assert(
      fc.property(fc.dictionary(names, shaped, {maxKeys: 5}), (tensors) => {
        const bytes = stateDictFile(format, tensors);
        expect(pytorchFormat(bytes)).toBe(format);
        const read = readPytorchFile(bytes).tensors;
        expect([...read.keys()].sort()).toEqual(Object.keys(tensors).sort());
        for (const [name, {shape, values}] of Object.entries(tensors)) {
          expect(read.get(name)?.shape).toEqual(shape);
          expect(read.get(name)?.toFloat32()).toEqual(Float32Array.from(values));
        }
      }),
      {numRuns: 60},
    );
  });

  it('finds the state dict under its usual names, or where it is said to be', () => {
    const tensors = {a: {shape: [2], values: [1, 2]}};
    const wrapped = (key: string): Uint8Array =>
      stateDictFile(format, tensors, (stateDict) => dict({epoch: integer(3), [key]: stateDict, rest: list(none)}));
    for (const key of ['state_dict', 'model', 'net']) {
      expect(readPytorchFile(wrapped(key)).extra).toEqual({epoch: 3});
      expect(valuesOf(wrapped(key))).toEqual({a: [1, 2]});
    }
    expect(() => readPytorchFile(wrapped('ema'))).toThrow("the file has 'epoch', 'ema', 'rest': say which");
    expect([...readPytorchFile(wrapped('ema'), {stateDict: 'ema'}).tensors.keys()]).toEqual(['a']);
    expect(() => readPytorchFile(wrapped('ema'), {stateDict: 'rest'})).toThrow("no state dict under 'rest'");
  });

  it('takes plain values beside tensors, and refuses what is neither', () => {
    const plain = stateDictFile(format, {a: {shape: [1], values: [1]}}, (stateDict) =>
      dict({
        state_dict: build(stateDict, dict({_metadata: dict({})})),
        lr: float(0.5),
        yes: bool(true),
        nothing: none,
        far: integer(-(2n ** 40n)),
      }),
    );
    expect(readPytorchFile(plain).extra).toEqual({lr: 0.5, yes: true, nothing: null, far: -(2 ** 40)});
    const odd = stateDictFile(format, {a: {shape: [1], values: [1]}}, () =>
      orderedDict({a: tensor(storage({key: '0', elements: 1}), [], []), b: list()}),
    );
    expect(() => readPytorchFile(odd)).toThrow("its state dict has a list of 0 under 'b'; expected tensors by name");
    const no = stateDictFile(format, {}, () => list());
    expect(() => readPytorchFile(no)).toThrow('it holds a list of 0; expected a state dict');
  });
});

describe('old and rare forms', () => {
  const three = {shape: [3], values: [1, 2, 3]};

  it('_rebuild_tensor, parameters, and OrderedDict made of pairs', () => {
    const at = tuple(integer(3));
    const one = tuple(integer(1));
    const plain = call(
      global('torch._utils', '_rebuild_tensor'),
      storage({key: '0', elements: 3}),
      integer(0),
      at,
      one,
    );
    const parameter = call(global('torch._utils', '_rebuild_parameter'), plain, bool(true), orderedDict({}));
    const object = call(global('collections', 'OrderedDict'), list(list(text('a'), plain), list(text('b'), parameter)));
    expect(valuesOf(zipFile(object, {0: floats(three.values)}))).toEqual({a: [1, 2, 3], b: [1, 2, 3]});
  });

  it('storages that are views of others', () => {
    const view = storage({key: '7', elements: 5, view: ['8', 2, 3]});
    const file = legacyFile(
      orderedDict({part: tensor(view, [3], [1]), whole: tensor(storage({key: '7', elements: 5}), [5], [1])}),
      {7: {elements: 5, bytes: floats([1, 2, 3, 4, 5])}},
    );
    expect(valuesOf(file)).toEqual({part: [3, 4, 5], whole: [1, 2, 3, 4, 5]});
    const beyond = storage({key: '7', elements: 5, view: ['8', 3, 3]});
    const bad = legacyFile(orderedDict({part: tensor(beyond, [3], [1])}), {
      7: {elements: 5, bytes: floats([1, 2, 3, 4, 5])},
    });
    expect(() => readPytorchFile(bad)).toThrow("a view of storage '7' is a tuple of 3; expected one within it");
  });

  it('a zip archive of a big-endian machine', () => {
    const object = orderedDict({a: tensor(storage({key: '0', elements: 3}), [3], [1])});
    const order = (name: string) => ({'archive/byteorder': new TextEncoder().encode(name)});
    expect(valuesOf(zipFile(object, {0: floats(three.values, false)}, order('big')))).toEqual({a: [1, 2, 3]});
    expect(valuesOf(zipFile(object, {0: floats(three.values)}, order('little')))).toEqual({a: [1, 2, 3]});
    expect(() => readPytorchFile(zipFile(object, {0: floats(three.values)}, order('middle')))).toThrow(
      "byteorder is 'middle'",
    );
  });

  it('a pickle stream of a big-endian machine: little-endian elements, but early versions wrote their number otherwise', () => {
    const object = orderedDict({a: tensor(storage({key: '0', elements: 3}), [3], [1])});
    const content = {0: {elements: 3, bytes: floats(three.values), bigEndianCount: true}};
    expect(valuesOf(legacyFile(object, content, {little_endian: bool(false)}))).toEqual({a: [1, 2, 3]});
    expect(() => readPytorchFile(legacyFile(object, content))).toThrow(
      /storage '0' has 216172782113783808 elements; its pickle says 3/,
    );
  });

  it('an archive that was compressed, and one of TorchScript, are told', () => {
    const object = orderedDict({a: tensor(storage({key: '0', elements: 300}), [300], [1])});
    const data = {0: floats(new Float32Array(300))};
    expect(() => readPytorchFile(zipFile(object, data, {}, 6))).toThrow(
      /is compressed in its zip archive; expected it stored/,
    );
    expect(() => readPytorchFile(zipFile(object, data, {'archive/constants.pkl': new Uint8Array(1)}))).toThrow(
      'a TorchScript archive',
    );
    expect(() => readPytorchFile(zipFile(object, data, {'other/data.pkl': new Uint8Array(1)}))).toThrow(
      '2 NAME/data.pkl',
    );
    const few = orderedDict({a: tensor(storage({key: '0', elements: 3}), [3], [1])});
    expect(() => readPytorchFile(zipFile(few, {}))).toThrow("storage '0' has no bytes; its pickle says 12");
    expect(() => readPytorchFile(zipFile(few, {0: floats([1])}))).toThrow(
      "storage '0' has 4 bytes; its pickle says 12",
    );
  });

  it('bytes of another format are refused', () => {
    for (const bytes of [new Uint8Array(), new TextEncoder().encode('{"modelTopology": {}}'), Uint8Array.of(0x80, 2)]) {
      expect(() => readPytorchFile(bytes)).toThrow(PytorchFileError);
      expect(() => readPytorchFile(bytes)).toThrow('neither format of torch.save');
    }
  });

  it('strides reach any element, in any order', () => {
    const values = Array.from({length: 24}, (_, index) => index);
    const of = storage({key: '0', elements: 24});
    const order = fc.shuffledSubarray([0, 1, 2], {minLength: 3});
    fc.assert(
      fc.property(order, (axes) => {
        const shape = [2, 3, 4];
        const strides = rowMajor(shape);
        const pick = (from: readonly number[]) => axes.map((axis) => from[axis] ?? 0);
        const bytes = zipFile(orderedDict({a: tensor(of, pick(shape), pick(strides))}), {0: floats(values)});
        const expected: number[] = [];
        const [first = 0, second = 0, third = 0] = pick(shape);
        const [s1 = 0, s2 = 0, s3 = 0] = pick(strides);
        for (let i = 0; i < first; i++)
          for (let j = 0; j < second; j++) for (let k = 0; k < third; k++) expected.push(i * s1 + j * s2 + k * s3);
        expect(valuesOf(bytes)).toEqual({a: expected});
      }),
    );
  });
});
