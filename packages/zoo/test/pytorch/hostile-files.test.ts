// SPDX-License-Identifier: Apache-2.0
import {existsSync} from 'node:fs';
import {tmpdir} from 'node:os';
import path from 'node:path';
import {beforeAll, describe, expect, it} from 'vitest';
import {createModel} from '@addernet/zoo';
import {
  loadPytorchWeights,
  PytorchFileError,
  PytorchWeightsMismatchError,
  readPytorchFile,
  UnsafePickleError,
} from '@addernet/zoo/pytorch';
import {startCpu} from '../support.js';
import {good, one} from './hostile-fixtures.js';
import {
  bool,
  build,
  bytesOf,
  call,
  dict,
  float,
  global,
  integer,
  list,
  orderedDict,
  persistent,
  type Pickled,
  text,
  tuple,
} from './pickle-writer.js';
import {floats, legacyFile, storage, tensor, zipFile} from './torch-file-writer.js';

beforeAll(startCpu);

const inZip = (object: Pickled): Uint8Array => zipFile(object, one);
const inLegacy = (object: Pickled): Uint8Array => legacyFile(object, {0: {elements: 1, bytes: floats([1])}});
const repeated = (times: number, ...parts: readonly (number | Uint8Array)[]): Uint8Array => {
  const part = bytesOf(...parts);
  const all = new Uint8Array(times * part.length);
  for (let index = 0; index < times; index++) all.set(part, index * part.length);
  return all;
};

const raw = new TextEncoder();
/** What the commands below would make. */
const marker = path.join(tmpdir(), `addernet-pickle-${process.pid}`);
const command = text(`touch ${marker}`);
const hugeStorage = storage({key: '0', elements: 2 ** 50});

const unsafe: [string, Pickled, RegExp][] = [
  ['os.system', call(global('os', 'system'), command), /names os\.system; only tensors/],
  ['posix.system', call(global('posix', 'system'), command), /names posix\.system/],
  ['builtins.eval', call(global('builtins', 'eval'), text('1')), /names builtins\.eval/],
  [
    'getattr on an allowed module',
    call(global('torch._utils', '__builtins__'), command),
    /names torch\._utils\.__builtins__/,
  ],
  ['a name from the stack', call(bytesOf(text('os'), text('system'), 0x93), command), /names os\.system/],
  ['an inherited property as a name', global('constructor', 'constructor'), /names constructor\.constructor/],
  ['a prototype as a storage type', global('torch', '__proto__'), /names torch\.__proto__/],
  ['numpy', global('numpy.core.multiarray', 'scalar'), /names numpy\.core\.multiarray\.scalar/],
  ['a complex type', global('torch', 'ComplexFloatStorage'), /names torch\.ComplexFloatStorage/],
  ['calling what is not a function', call(global('torch', 'float32'), command), /calls torch\.float32/],
  ['calling a text', call(text('system'), command), /calls 'system'/],
  ['attributes of a tensor', build(good, dict({})), /sets attributes of a tensor of float32 \[1\]/],
  ['INST', bytesOf(0x28, command, 0x69, raw.encode('os\nsystem\n')), /opcode 0x69/],
  ['OBJ', bytesOf(0x28, global('collections', 'OrderedDict'), command, 0x6f), /opcode 0x6f/],
  ['NEWOBJ', bytesOf(global('collections', 'OrderedDict'), tuple(), 0x81), /opcode 0x81/],
  ['an extension', bytesOf(0x82, 1), /opcode 0x82/],
  ['PERSID', bytesOf(0x50, raw.encode('storage\n')), /opcode 0x50/],
  ['a set', bytesOf(0x8f), /opcode 0x8f/],
  ['an opcode that there is not', bytesOf(0xff), /opcode 0xff/],
];

const damaged: [string, Pickled, RegExp][] = [
  ['a storage of 2^50 elements', tensor(hugeStorage, [2 ** 40], [1]), /storage '0' has \d+ bytes; the file has \d+/],
  [
    'a storage of 2^80 elements',
    tensor(storage({key: '0', elements: 2n ** 80n}), [1], [1]),
    /expected integers from 0/,
  ],
  ['a negative number of elements', tensor(storage({key: '0', elements: -1}), [1], [1]), /expected integers from 0/],
  [
    'one storage of two sizes',
    dict({a: good, b: tensor(storage({key: '0', elements: 2}), [2], [1])}),
    /given two sizes/,
  ],
  [
    'one storage of two types',
    dict({a: good, b: tensor(storage({key: '0', elements: 1, type: 'IntStorage'}), [1], [1])}),
    /given two sizes or types/,
  ],
  [
    'more elements than the storage has',
    tensor(storage({key: '0', elements: 1}), [2], [1]),
    /does not fit its storage of 1 float32/,
  ],
  ['an offset beyond the storage', tensor(storage({key: '0', elements: 1}), [1], [1], 1), /does not fit its storage/],
  ['a negative offset', tensor(storage({key: '0', elements: 1}), [1], [1], -1), /offset are \[-1\]/],
  ['a negative stride', tensor(storage({key: '0', elements: 1}), [1], [-1]), /strides are \[-1\]/],
  [
    'a size of 2^70',
    tensor(storage({key: '0', elements: 1}), [2n ** 70n], [0]),
    /sizes are \[1180591620717411303424\]/,
  ],
  [
    'a product of sizes beyond 2^53',
    tensor(storage({key: '0', elements: 1}), [2 ** 40, 2 ** 40], [0, 0]),
    /does not fit/,
  ],
  ['fewer strides than sizes', tensor(storage({key: '0', elements: 1}), [1, 1], [1]), /does not fit/],
  [
    'sizes that are no tuple',
    call(
      global('torch._utils', '_rebuild_tensor_v2'),
      storage({key: '0', elements: 1}),
      integer(0),
      text('1'),
      tuple(),
    ),
    /sizes are '1'/,
  ],
  [
    'a fractional size',
    call(
      global('torch._utils', '_rebuild_tensor_v2'),
      storage({key: '0', elements: 1}),
      integer(0),
      tuple(float(0.5)),
      tuple(float(1)),
    ),
    /sizes are \[0\.5\]/,
  ],
  ['no arguments', call(global('torch._utils', '_rebuild_tensor_v2')), /storage is nothing/],
  ['a parameter of a text', call(global('torch._utils', '_rebuild_parameter'), text('x')), /a parameter is 'x'/],
  [
    'a reference that is no storage',
    persistent(tuple(text('module'), text('x'))),
    /refers to 'module'; expected a storage/,
  ],
  ['a reference without anything', persistent(tuple()), /refers to nothing/],
  ['text longer than the file', bytesOf(0x8d, repeated(8, 0x7f)), /bytes are to follow/],
  ['text that is not UTF-8', bytesOf(0x8c, 1, 0xff), /not UTF-8/],
  ['a name without end', bytesOf(0x63, repeated(2000, 0x61)), /no line of at most 1000 bytes/],
  ['nesting without end', repeated(2000, 0x28), /nested deeper than 1000/],
  ['a memo that is not there', bytesOf(0x68, 9), /memo 9 is read before it is written/],
  ['an empty stack', bytesOf(0x85), /stack is empty/],
  ['an end without a beginning', bytesOf(0x74), /a container ends that was not begun/],
  ['an item of a list in a dict', bytesOf(dict({}), text('a'), 0x61), /appended to a dict of 0/],
  ['an item of a dict in a list', bytesOf(list(), text('a'), text('a'), 0x73), /set in a list of 0/],
  ['a key without a value', bytesOf(0x7d, 0x28, text('a'), 0x75), /expected pairs/],
  ['a list as a key', bytesOf(dict({}), list(), text('a'), 0x73), /a key is a list of 0/],
  ['left-overs', bytesOf(text('a'), text('b')), /values are left over/],
  ['protocol 0', bytesOf(0x80, 0), /its protocol is 0/],
  ['arguments that are no tuple', bytesOf(global('torch', 'Size'), list(), 0x52), /arguments are a list of 0/],
  [
    'an OrderedDict of no pairs',
    call(global('collections', 'OrderedDict'), list(list(text('a')))),
    /OrderedDict has a list of 1/,
  ],
  ['a tensor in place of a dict', good, /it holds a tensor of float32 \[1\]/],
];

describe.each([
  ['zip', inZip],
  ['legacy', inLegacy],
] as const)('in a %s file', (_format, write) => {
  it.each(unsafe)('%s is refused as unsafe', (_what, object, message) => {
    const file = write(dict({state_dict: orderedDict({a: object})}));
    expect(() => readPytorchFile(file)).toThrow(UnsafePickleError);
    expect(() => readPytorchFile(file)).toThrow(message);
  });

  it.each(damaged)('%s is refused', (_what, object, message) => {
    expect(() => readPytorchFile(write(object))).toThrow(PytorchFileError);
    expect(() => readPytorchFile(write(object))).toThrow(message);
  });

  it('values that hold themselves do no harm', () => {
    const remember = bytesOf(0x71, 0);
    const recall = bytesOf(0x68, 0);
    const ownDict = bytesOf(0x7d, remember, text('state_dict'), recall, 0x73, text('a'), good, 0x73);
    expect(() => readPytorchFile(write(ownDict))).toThrow("state dict has a dict of 2 under 'state_dict'");
    const ownList = bytesOf(0x5d, remember, recall, 0x61, good, 0x61);
    expect([
      ...readPytorchFile(write(dict({state_dict: orderedDict({a: good}), own: ownList}))).tensors.keys(),
    ]).toEqual(['a']);
    expect(() => readPytorchFile(write(ownList))).toThrow('it holds a list of 2');
    const deep = bytesOf(bool(true), repeated(200_000, 0x85));
    expect([...readPytorchFile(write(dict({state_dict: orderedDict({a: good}), deep}))).tensors.keys()]).toEqual(['a']);
    expect(() => readPytorchFile(write(bytesOf(good, repeated(200_000, 0x85))))).toThrow('it holds a tuple of 1');
    // Each list has the one before ten times: 10^20 values, were they ever visited.
    const laughs = bytesOf(
      list(),
      ...Array.from({length: 20}, () => bytesOf(0x71, 1, 0x5d, 0x28, repeated(10, 0x68, 1), 0x65)),
    );
    expect(() => readPytorchFile(write(orderedDict({a: good, laughs: list(laughs)})))).toThrow(PytorchFileError);
  });

  it("a name such as '__proto__' is a name", () => {
    const file = readPytorchFile(
      write(
        dict({
          __proto: integer(1),
          constructor: integer(2),
          state_dict: bytesOf(orderedDict({}), text('__proto__'), good, 0x73),
        }),
      ),
    );
    expect([...file.tensors.keys()]).toEqual(['__proto__']);
    expect(Object.getPrototypeOf(file.extra)).toBe(Object.prototype);
    expect(file.extra).toEqual({__proto: 1, constructor: 2});
    const evil = readPytorchFile(write(bytesOf(orderedDict({a: good}), text('__proto__'), integer(3), 0x73)));
    expect(Object.keys(evil.extra)).toEqual(['__proto__']);
  });

  it('a tensor of a terabyte on a storage of one number takes no memory before its shape is known to be wrong', () => {
    const model = createModel('tiny', {operator: 'conv', numClasses: 3, inputShape: [8, 8, 3], seed: 1});
    const expanded = tensor(storage({key: '0', elements: 1}), [2 ** 38], [0]);
    const file = write(orderedDict({'bn1.weight': expanded}));
    expect(readPytorchFile(file).tensors.get('bn1.weight')?.size).toBe(2 ** 38);
    expect(() => loadPytorchWeights(model, file)).toThrow(PytorchWeightsMismatchError);
    expect(() => loadPytorchWeights(model, file)).toThrow(
      'bn1.weight: the file has [274877906944]; the model expects [64]',
    );
    model.dispose();
  });

  it('a pickle of more opcodes than any checkpoint has is given up', () => {
    expect(() => readPytorchFile(write(repeated(8_000_001, 0x4e)))).toThrow('more than 8000000 opcodes');
  });
});

it('none of it ran', () => {
  expect(existsSync(marker)).toBe(false);
});
