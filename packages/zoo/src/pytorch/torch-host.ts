// SPDX-License-Identifier: Apache-2.0
import {BYTES_PER_ELEMENT, type StoredDtype} from '@addernet/nn';
import {PytorchFileError, UnsafePickleError} from './errors.js';
import {
  describePickleValue,
  HostObject,
  PickleDict,
  PickleList,
  PickleTuple,
  type PickleValue,
} from './pickle/values.js';
import type {PickleHost} from './pickle/unpickle.js';
import {TorchStorage, TorchTensor} from './torch-tensor.js';

type Rebuild = (args: readonly PickleValue[]) => PickleValue;

/** A name that pickles of tensors use, and what stands for it here. */
class TorchGlobal extends HostObject {
  readonly what: string;

  constructor(
    readonly qualifiedName: string,
    readonly meaning: {readonly call?: Rebuild; readonly dtype?: StoredDtype; readonly untyped?: boolean},
  ) {
    super();
    this.what = qualifiedName;
  }
}

const STORAGES: Readonly<Record<string, StoredDtype>> = {
  DoubleStorage: 'float64',
  FloatStorage: 'float32',
  HalfStorage: 'float16',
  BFloat16Storage: 'bfloat16',
  LongStorage: 'int64',
  IntStorage: 'int32',
  ShortStorage: 'int16',
  CharStorage: 'int8',
  ByteStorage: 'uint8',
  BoolStorage: 'bool',
};

const isDtype = (name: string): name is StoredDtype => Object.hasOwn(BYTES_PER_ELEMENT, name);

/** The functions of torch._utils by which tensors are rebuilt, and the containers that are no builtins. */
const CALLABLES: Readonly<Record<string, Rebuild>> = {
  'collections.OrderedDict': ([items, ...rest]) => {
    if (rest.length > 0 || (items !== undefined && !(items instanceof PickleList))) {
      throw new PytorchFileError('OrderedDict is given something else than a list of pairs');
    }
    const dict = new PickleDict();
    for (const pair of items?.items ?? []) {
      const [key, value] = pair instanceof PickleTuple || pair instanceof PickleList ? pair.items : [];
      if (typeof key !== 'string' || value === undefined) {
        throw new PytorchFileError(
          `OrderedDict has ${describePickleValue(pair)}; expected pairs of a text and a value`,
        );
      }
      dict.entries.set(key, value);
    }
    return dict;
  },
  'torch.Size': ([sizes]) => new PickleTuple(integers('torch.Size', sizes)),
  // (storage, offset, sizes, strides, …); what follows concerns gradients.
  'torch._utils._rebuild_tensor': ([storage, offset, sizes, strides]) => rebuild(storage, offset, sizes, strides),
  'torch._utils._rebuild_tensor_v2': ([storage, offset, sizes, strides]) => rebuild(storage, offset, sizes, strides),
  // (storage, offset, sizes, strides, requires_grad, hooks, dtype, …)
  'torch._utils._rebuild_tensor_v3': ([storage, offset, sizes, strides, _grad, _hooks, dtype]) =>
    rebuild(storage, offset, sizes, strides, dtype),
  'torch._utils._rebuild_parameter': ([tensor]) => parameter(tensor),
  'torch._utils._rebuild_parameter_with_state': ([tensor]) => parameter(tensor),
};

function parameter(tensor: PickleValue | undefined): TorchTensor {
  if (tensor instanceof TorchTensor) return tensor;
  throw new PytorchFileError(`a parameter is ${describePickleValue(tensor)}; expected a tensor`);
}

function rebuild(
  storage: PickleValue | undefined,
  offset: PickleValue | undefined,
  sizes: PickleValue | undefined,
  strides: PickleValue | undefined,
  type?: PickleValue,
): TorchTensor {
  if (!(storage instanceof TorchStorage)) {
    throw new PytorchFileError(`a tensor's storage is ${describePickleValue(storage)}`);
  }
  const dtype = type instanceof TorchGlobal ? type.meaning.dtype : storage.dtype;
  if (dtype === undefined) {
    throw new PytorchFileError(`a tensor's type is ${describePickleValue(type)}; expected one such as torch.float32`);
  }
  const [start] = integers('offset', new PickleTuple(offset === undefined ? [] : [offset]));
  return new TorchTensor(storage, dtype, start ?? 0, integers('sizes', sizes), integers('strides', strides));
}

/** @throws PytorchFileError unless all are integers ≥ 0 that a number holds exactly */
function integers(what: string, value: PickleValue | undefined): number[] {
  const items = value instanceof PickleTuple || value instanceof PickleList ? value.items : undefined;
  if (items?.every((item): item is number => Number.isSafeInteger(item) && Number(item) >= 0) !== true) {
    const given = items === undefined ? describePickleValue(value) : `[${items.map(describePickleValue).join(', ')}]`;
    throw new PytorchFileError(`a tensor's ${what} are ${given.slice(0, 200)}; expected integers from 0 to 2^53 − 1`);
  }
  return [...items];
}

/** Lets a pickle have tensors, and nothing else. Tells which storages it asks for. */
export class TorchHost implements PickleHost {
  /** By key. */
  readonly storages = new Map<string, TorchStorage>();
  /** Views into other storages, of files from before PyTorch 0.4: [view, storage, offset in bytes]. */
  readonly views = new Map<
    string,
    {readonly view: TorchStorage; readonly base: TorchStorage; readonly offset: number}
  >();

  constructor(
    /** Bytes of the file: no storage is larger. */
    readonly fileBytes: number,
    /** Of the storages. */
    readonly littleEndian: boolean,
  ) {}

  global(module: string, name: string): TorchGlobal {
    const qualifiedName = `${module}.${name}`;
    const call = Object.hasOwn(CALLABLES, qualifiedName) ? CALLABLES[qualifiedName] : undefined;
    if (call !== undefined) return new TorchGlobal(qualifiedName, {call});
    const storage = module === 'torch' && Object.hasOwn(STORAGES, name) ? STORAGES[name] : undefined;
    if (storage !== undefined) return new TorchGlobal(qualifiedName, {dtype: storage});
    if (qualifiedName === 'torch.storage.UntypedStorage') return new TorchGlobal(qualifiedName, {untyped: true});
    if (module === 'torch' && isDtype(name)) return new TorchGlobal(qualifiedName, {dtype: name});
    throw new UnsafePickleError(
      `its pickle names ${qualifiedName}; only tensors of real numbers and plain containers are read. ` +
        'In Python, torch.save(model.state_dict(), file) writes a file of those alone',
    );
  }

  /** ('storage', type, key, location, number of elements, view or None). */
  persistent(id: PickleValue): TorchStorage {
    const [kind, type, key, _location, count, view] = id instanceof PickleTuple ? id.items : [];
    const known = type instanceof TorchGlobal && (type.meaning.dtype !== undefined || type.meaning.untyped === true);
    if (kind !== 'storage' || !known || typeof key !== 'string') {
      throw new PytorchFileError(`its pickle refers to ${describePickleValue(kind)}; expected a storage`);
    }
    const {dtype} = type.meaning;
    const [elements = 0] = integers('number of elements', new PickleTuple([count ?? null]));
    const storage = this.#storage(key, dtype, elements * (dtype === undefined ? 1 : BYTES_PER_ELEMENT[dtype]));
    return view === undefined || view === null ? storage : this.#view(storage, view);
  }

  call(callable: PickleValue, args: readonly PickleValue[]): PickleValue {
    const call = callable instanceof TorchGlobal ? callable.meaning.call : undefined;
    if (call === undefined) throw new UnsafePickleError(`its pickle calls ${describePickleValue(callable)}`);
    return call(args);
  }

  /** A state dict carries its modules' versions as an attribute. */
  setState(object: PickleValue, _state: PickleValue): void {
    if (!(object instanceof PickleDict)) {
      throw new UnsafePickleError(`its pickle sets attributes of ${describePickleValue(object)}`);
    }
  }

  #storage(key: string, dtype: StoredDtype | undefined, byteLength: number): TorchStorage {
    const known = this.storages.get(key);
    if (known !== undefined) {
      if (known.byteLength === byteLength && known.dtype === dtype) return known;
      throw new PytorchFileError(`storage '${key}' is given two sizes or types`);
    }
    if (byteLength > this.fileBytes) {
      throw new PytorchFileError(
        `storage '${key}' has ${byteLength} bytes; the file has ${this.fileBytes}: truncated or damaged`,
      );
    }
    const storage = new TorchStorage(key, dtype, byteLength, this.littleEndian);
    this.storages.set(key, storage);
    return storage;
  }

  /** (key, first element, number of elements). */
  #view(base: TorchStorage, id: PickleValue): TorchStorage {
    const [key, ...range] = id instanceof PickleTuple ? id.items : [];
    const [first = 0, count = 0] = integers('view', new PickleTuple(range));
    const width = base.dtype === undefined ? 1 : BYTES_PER_ELEMENT[base.dtype];
    if (typeof key !== 'string' || (first + count) * width > base.byteLength) {
      throw new PytorchFileError(
        `a view of storage '${base.key}' is ${describePickleValue(id)}; expected one within it`,
      );
    }
    const name = `${base.key}/${key}`;
    const known = this.views.get(name);
    if (known !== undefined) return known.view;
    const view = new TorchStorage(name, base.dtype, count * width, base.littleEndian);
    this.views.set(name, {view, base, offset: first * width});
    return view;
  }
}
