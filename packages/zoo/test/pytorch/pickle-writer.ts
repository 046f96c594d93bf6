// SPDX-License-Identifier: Apache-2.0

/** Something that knows its opcodes. */
export type Pickled = Uint8Array;

const utf8 = new TextEncoder();

export function bytesOf(...parts: readonly (number | Uint8Array)[]): Uint8Array {
  const arrays = parts.map((part) => (typeof part === 'number' ? Uint8Array.of(part) : part));
  const all = new Uint8Array(arrays.reduce((sum, {length}) => sum + length, 0));
  let position = 0;
  for (const array of arrays) {
    all.set(array, position);
    position += array.length;
  }
  return all;
}

const little = (value: number, size: number): Uint8Array =>
  Uint8Array.from({length: size}, (_, index) => Math.floor(value / 256 ** index) % 256);

/** BININT, or LONG1 with as many bytes as it takes. */
export function integer(value: number | bigint): Pickled {
  if (typeof value === 'number' && Math.abs(value) < 2 ** 31) return bytesOf(0x4a, little(value >>> 0, 4));
  const bytes: number[] = [];
  let rest = BigInt(value);
  for (; rest !== 0n && rest !== -1n; rest >>= 8n) bytes.push(Number(rest & 0xffn));
  const sign = rest === 0n ? 0 : 255;
  if (((bytes.at(-1) ?? 0) ^ sign) & 0x80 || bytes.length === 0) bytes.push(sign);
  return bytesOf(0x8a, bytes.length, Uint8Array.from(bytes));
}

export const text = (value: string): Pickled => bytesOf(0x58, little(utf8.encode(value).length, 4), utf8.encode(value));
export const none: Pickled = bytesOf(0x4e);
export const bool = (value: boolean): Pickled => bytesOf(value ? 0x88 : 0x89);
export const float = (value: number): Pickled => {
  const bytes = new Uint8Array(8);
  new DataView(bytes.buffer).setFloat64(0, value);
  return bytesOf(0x47, bytes);
};
export const tuple = (...items: readonly Pickled[]): Pickled => bytesOf(0x28, ...items, 0x74);
export const list = (...items: readonly Pickled[]): Pickled => bytesOf(0x5d, 0x28, ...items, 0x65);
export const dict = (entries: Readonly<Record<string, Pickled>>): Pickled =>
  bytesOf(0x7d, 0x28, ...Object.entries(entries).flatMap(([key, value]) => [text(key), value]), 0x75);
export const global = (module: string, name: string): Pickled => bytesOf(0x63, utf8.encode(`${module}\n${name}\n`));
export const call = (callable: Pickled, ...args: readonly Pickled[]): Pickled =>
  bytesOf(callable, tuple(...args), 0x52);
export const build = (object: Pickled, state: Pickled): Pickled => bytesOf(object, state, 0x62);
export const persistent = (id: Pickled): Pickled => bytesOf(id, 0x51);
export const orderedDict = (entries: Readonly<Record<string, Pickled>>): Pickled =>
  bytesOf(
    call(global('collections', 'OrderedDict')),
    0x28,
    ...Object.entries(entries).flatMap(([key, value]) => [text(key), value]),
    0x75,
  );

/** A whole pickle of protocol 2. */
export const pickle = (value: Pickled): Uint8Array => bytesOf(0x80, 2, value, 0x2e);
