// SPDX-License-Identifier: Apache-2.0
import {PytorchFileError, UnsafePickleError} from '../errors.js';
import {type ByteReader} from './byte-reader.js';
import {longFromBytes, Opcode} from './opcodes.js';
import {
  describePickleValue,
  type HostObject,
  PickleDict,
  PickleList,
  type PickleScalar,
  PickleTuple,
  type PickleValue,
} from './values.js';

/** What stands behind a pickle: the only things that it can name. */
export interface PickleHost {
  /** Stands for a global name; @throws UnsafePickleError unless the name is one that is allowed. */
  global(module: string, name: string): HostObject;
  /** Stands for an object that is stored outside the pickle. */
  persistent(id: PickleValue): HostObject;
  /** Applies what `global` gave to arguments. */
  call(callable: PickleValue, args: readonly PickleValue[]): PickleValue;
  /** Gives an object its state, or takes note of it. */
  setState(object: PickleValue, state: PickleValue): void;
}

/** Opcodes of one pickle: an opcode makes at most one value, so this bounds memory too. PyTorch uses about 40 for a tensor. */
const MOST_OPCODES = 8_000_000;
/** Containers that are begun and not ended. */
const MOST_NESTED = 1000;
/** Bytes of the module and of the name of a global. */
const MOST_NAME_BYTES = 1000;

/**
 * Reads one pickle (Python's protocols 2 to 5, as far as plain data needs them), from `reader`'s position up to its STOP. Nothing is executed: names go
 * to the host, and opcodes that make objects of classes are refused.
 *
 * @throws PytorchFileError, UnsafePickleError
 */
export function unpickle(reader: ByteReader, host: PickleHost): PickleValue {
  return new Unpickler(reader, host).read();
}

class Unpickler {
  readonly #memo = new Map<number, PickleValue>();
  /** Stacks of the containers that are begun; the last is the current one. */
  readonly #marked: PickleValue[][] = [];
  #stack: PickleValue[] = [];

  constructor(
    readonly reader: ByteReader,
    readonly host: PickleHost,
  ) {}

  read(): PickleValue {
    for (let count = 0; count < MOST_OPCODES; count++) {
      const position = this.reader.position;
      const opcode = this.reader.uint8();
      if (opcode === Opcode.STOP) {
        const value = this.#pop();
        if (this.#stack.length > 0 || this.#marked.length > 0) throw this.#broken('values are left over at its end');
        return value;
      }
      if (!this.#scalar(opcode) && !this.#container(opcode) && !this.#memoOrObject(opcode)) {
        throw new UnsafePickleError(
          `opcode 0x${opcode.toString(16).padStart(2, '0')} at byte ${position}; only tensors and plain containers are read ` +
            '(pickle protocols 2 to 5)',
        );
      }
    }
    throw new PytorchFileError(`its pickle has more than ${MOST_OPCODES} opcodes`);
  }

  #scalar(opcode: number): boolean {
    const {reader} = this;
    switch (opcode) {
      case Opcode.NONE:
        return this.#push(null);
      case Opcode.NEWTRUE:
        return this.#push(true);
      case Opcode.NEWFALSE:
        return this.#push(false);
      case Opcode.BININT:
        return this.#push(reader.int32());
      case Opcode.BININT1:
        return this.#push(reader.uint8());
      case Opcode.BININT2:
        return this.#push(reader.uint16());
      case Opcode.LONG1:
        return this.#push(longFromBytes(reader.take(reader.uint8())));
      case Opcode.BINFLOAT:
        return this.#push(reader.float64());
      case Opcode.BINUNICODE:
        return this.#push(reader.text(reader.uint32()));
      case Opcode.SHORT_BINUNICODE:
      case Opcode.SHORT_BINSTRING:
        return this.#push(reader.text(reader.uint8()));
      case Opcode.BINUNICODE8:
        return this.#push(reader.text(reader.length64()));
      case Opcode.BINSTRING:
        return this.#push(reader.text(reader.uint32()));
      default:
        return false;
    }
  }

  #container(opcode: number): boolean {
    switch (opcode) {
      case Opcode.MARK:
        if (this.#marked.length >= MOST_NESTED) throw this.#broken(`it is nested deeper than ${MOST_NESTED}`);
        this.#marked.push(this.#stack);
        this.#stack = [];
        return true;
      case Opcode.EMPTY_TUPLE:
        return this.#push(new PickleTuple([]));
      case Opcode.TUPLE1:
      case Opcode.TUPLE2:
      case Opcode.TUPLE3: {
        const items = Array.from({length: opcode - Opcode.TUPLE1 + 1}, () => this.#pop());
        return this.#push(new PickleTuple(items.reverse()));
      }
      case Opcode.TUPLE:
        return this.#push(new PickleTuple(this.#popToMark()));
      case Opcode.EMPTY_LIST:
        return this.#push(new PickleList());
      case Opcode.APPEND:
        return this.#append([this.#pop()]);
      case Opcode.APPENDS:
        return this.#append(this.#popToMark());
      case Opcode.EMPTY_DICT:
        return this.#push(new PickleDict());
      case Opcode.SETITEM: {
        const value = this.#pop();
        return this.#setItems([this.#pop(), value]);
      }
      case Opcode.SETITEMS:
        return this.#setItems(this.#popToMark());
      default:
        return false;
    }
  }

  #memoOrObject(opcode: number): boolean {
    const {reader, host} = this;
    switch (opcode) {
      case Opcode.PROTO: {
        const version = reader.uint8();
        if (version < 2 || version > 5) throw this.#broken(`its protocol is ${version}; expected 2 to 5`);
        return true;
      }
      case Opcode.FRAME:
        // Only says how far to read ahead.
        reader.length64();
        return true;
      case Opcode.BINPUT:
        return this.#remember(reader.uint8());
      case Opcode.LONG_BINPUT:
        return this.#remember(reader.uint32());
      case Opcode.MEMOIZE:
        return this.#remember(this.#memo.size);
      case Opcode.BINGET:
        return this.#recall(reader.uint8());
      case Opcode.LONG_BINGET:
        return this.#recall(reader.uint32());
      case Opcode.GLOBAL: {
        const module = reader.line(MOST_NAME_BYTES);
        return this.#push(host.global(module, reader.line(MOST_NAME_BYTES)));
      }
      case Opcode.STACK_GLOBAL: {
        const name = this.#pop();
        const module = this.#pop();
        if (typeof name !== 'string' || typeof module !== 'string')
          throw this.#broken('the name of a global is no text');
        return this.#push(host.global(module, name));
      }
      case Opcode.BINPERSID:
        return this.#push(host.persistent(this.#pop()));
      case Opcode.REDUCE: {
        const args = this.#pop();
        if (!(args instanceof PickleTuple)) {
          throw this.#broken(`arguments are ${describePickleValue(args)}; expected a tuple`);
        }
        return this.#push(host.call(this.#pop(), args.items));
      }
      case Opcode.BUILD: {
        const state = this.#pop();
        host.setState(this.#top(), state);
        return true;
      }
      default:
        return false;
    }
  }

  #append(items: readonly PickleValue[]): boolean {
    const list = this.#top();
    if (!(list instanceof PickleList)) {
      throw this.#broken(`something is appended to ${describePickleValue(list)}; expected a list`);
    }
    for (const item of items) list.items.push(item);
    return true;
  }

  #setItems(items: readonly PickleValue[]): boolean {
    const dict = this.#top();
    if (!(dict instanceof PickleDict) || items.length % 2 !== 0) {
      throw this.#broken(`items are set in ${describePickleValue(dict)}; expected pairs, and a dict`);
    }
    for (let index = 0; index < items.length; index += 2) {
      const key = items[index];
      const value = items[index + 1];
      if (!isScalar(key) || value === undefined) {
        throw this.#broken(`a key is ${describePickleValue(key)}; expected text, a number, a bool or None`);
      }
      dict.entries.set(key, value);
    }
    return true;
  }

  #remember(index: number): boolean {
    this.#memo.set(index, this.#top());
    return true;
  }

  #recall(index: number): boolean {
    const value = this.#memo.get(index);
    if (value === undefined) throw this.#broken(`memo ${index} is read before it is written`);
    return this.#push(value);
  }

  #push(value: PickleValue): true {
    this.#stack.push(value);
    return true;
  }

  #pop(): PickleValue {
    const value = this.#stack.pop();
    if (value === undefined) throw this.#broken('its stack is empty where a value is expected');
    return value;
  }

  #top(): PickleValue {
    const value = this.#stack.at(-1);
    if (value === undefined) throw this.#broken('its stack is empty where a value is expected');
    return value;
  }

  #popToMark(): PickleValue[] {
    const items = this.#stack;
    const below = this.#marked.pop();
    if (below === undefined) throw this.#broken('a container ends that was not begun');
    this.#stack = below;
    return items;
  }

  #broken(reason: string): PytorchFileError {
    return new PytorchFileError(`its pickle is damaged before byte ${this.reader.position}: ${reason}`);
  }
}

function isScalar(value: PickleValue | undefined): value is PickleScalar {
  return value === null || ['boolean', 'number', 'bigint', 'string'].includes(typeof value);
}
