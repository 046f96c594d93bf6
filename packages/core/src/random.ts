// SPDX-License-Identifier: Apache-2.0
import {describeValue} from './describe-value.js';
import {ArgumentError} from './errors.js';

/**
 * Counter-based random numbers: a value depends on its key and its position alone, so that the same seed gives the same numbers whatever was
 * drawn before, on whichever thread.
 *
 * Philox4x32-10 of Salmon et al., "Parallel random numbers: as easy as 1, 2, 3" (SC 2011).
 */

type Words4 = readonly [number, number, number, number];
type Words2 = readonly [number, number];

const MULTIPLIER_0 = 0xd2511f53;
const MULTIPLIER_1 = 0xcd9e8d57;
/** Weyl increments of the key: the golden ratio and √3 − 1. */
const KEY_STEP_0 = 0x9e3779b9;
const KEY_STEP_1 = 0xbb67ae85;
const ROUNDS = 10;
const TWO_32 = 2 ** 32;
/** Radians of one uint32 step of a full turn. */
const TURN = (2 * Math.PI) / TWO_32;

/** High 32 bits of the 64-bit product of two uint32, as an int32. No sum of the parts exceeds 32 bits, so integer arithmetic does. */
function multiplyHigh(a: number, b: number): number {
  const aLow = a & 0xffff;
  const aHigh = a >>> 16;
  const bLow = b & 0xffff;
  const bHigh = b >>> 16;
  const middle = (Math.imul(aHigh, bLow) + (Math.imul(aLow, bLow) >>> 16)) | 0;
  const cross = (Math.imul(aLow, bHigh) + (middle & 0xffff)) | 0;
  return (Math.imul(aHigh, bHigh) + (middle >>> 16) + (cross >>> 16)) | 0;
}

/** Writes one block of Philox4x32-10 without making an object of it: weights are drawn by the tens of millions. */
function philoxInto(words: Uint32Array, c0: number, c1: number, c2: number, c3: number, k0: number, k1: number): void {
  // As int32 from the start: otherwise the engine keeps them as doubles, at twice the time.
  c0 |= 0;
  c1 |= 0;
  c2 |= 0;
  c3 |= 0;
  k0 |= 0;
  k1 |= 0;
  for (let round = 0; round < ROUNDS; round++) {
    const next0 = multiplyHigh(MULTIPLIER_1, c2) ^ c1 ^ k0;
    const next2 = multiplyHigh(MULTIPLIER_0, c0) ^ c3 ^ k1;
    c1 = Math.imul(MULTIPLIER_1, c2);
    c3 = Math.imul(MULTIPLIER_0, c0);
    c0 = next0;
    c2 = next2;
    k0 = (k0 + KEY_STEP_0) | 0;
    k1 = (k1 + KEY_STEP_1) | 0;
  }
  words[0] = c0;
  words[1] = c1;
  words[2] = c2;
  words[3] = c3;
}

/** One block of Philox4x32-10: four uint32 from a counter of four and a key of two. */
export function philox4x32([c0, c1, c2, c3]: Words4, [k0, k1]: Words2): Words4 {
  const words = new Uint32Array(4);
  philoxInto(words, c0, c1, c2, c3, k0, k1);
  return [words[0] ?? 0, words[1] ?? 0, words[2] ?? 0, words[3] ?? 0];
}

/** Last counter word while keys are derived, by what is absorbed; drawing uses 0. */
const TAG = {seed: 1, number: 2, text: 3, textEnd: 4} as const;

/** Key of the stream that `seed` and `path` name. 1 and '1' are different, and so are ['ab'] and ['a', 'b']. */
function deriveKey(seed: number, path: readonly (number | string)[]): Words2 {
  if (!Number.isSafeInteger(seed)) {
    throw new ArgumentError(`random: seed is ${describeValue(seed)}; expected an integer of at most 2^53 in size`);
  }
  let key = absorbNumber([0, 0], seed, TAG.seed);
  for (const part of path) key = typeof part === 'string' ? absorbText(key, part) : absorbNumber(key, part, TAG.number);
  return key;
}

function absorb(key: Words2, word0: number, word1: number, word2: number, tag: number): Words2 {
  const [k0, k1] = philox4x32([word0, word1, word2, tag], key);
  return [k0, k1];
}

function absorbNumber(key: Words2, value: number, tag: number): Words2 {
  if (!Number.isFinite(value)) {
    throw new ArgumentError(
      `random: a part of the stream is ${describeValue(value)}; expected strings and finite numbers`,
    );
  }
  const bits = new DataView(new ArrayBuffer(8));
  bits.setFloat64(0, value + 0); // + 0 makes −0 the same as 0
  return absorb(key, bits.getUint32(0), bits.getUint32(4), 0, tag);
}

function absorbText(key: Words2, text: string): Words2 {
  const bytes = new TextEncoder().encode(text);
  const padded = new DataView(new ArrayBuffer(Math.ceil(bytes.length / 12) * 12));
  bytes.forEach((byte, index) => padded.setUint8(index, byte));
  for (let at = 0; at < padded.byteLength; at += 12) {
    key = absorb(key, padded.getUint32(at), padded.getUint32(at + 4), padded.getUint32(at + 8), TAG.text);
  }
  return absorb(key, bytes.length, 0, 0, TAG.textEnd);
}

/**
 * A seed (uint32) for a part of an experiment, e.g. `deriveSeed(seed, 'weights', layerName)`. Different paths give unrelated seeds.
 *
 * @throws ArgumentError unless the seed is an integer and every number in the path finite.
 */
export function deriveSeed(seed: number, ...path: (string | number)[]): number {
  return deriveKey(seed, path)[0];
}

/** A stream of random numbers, named by a seed and a path, e.g. `new CounterRandom(seed, 'augment', epoch, sample)`. */
export class CounterRandom {
  readonly #key: Words2;
  readonly #words = new Uint32Array(4);
  #block = 0;
  #used = 4;
  #spareNormal: number | undefined;

  /** @throws ArgumentError unless the seed is an integer and every number in the stream's name finite. */
  constructor(seed: number, ...stream: (number | string)[]) {
    this.#key = deriveKey(seed, stream);
  }

  /** Uniform over the integers 0 … 2^32 − 1. */
  uint32(): number {
    if (this.#used === 4) {
      this.#draw();
      this.#used = 0;
    }
    return this.#words[this.#used++] ?? 0;
  }

  /** Uniform over [0, 1), with 53 random bits. */
  uniform(): number {
    const high = this.uint32() >>> 5;
    const low = this.uint32() >>> 6;
    return (high * 2 ** 26 + low) / 2 ** 53;
  }

  /**
   * Uniform over the integers 0 … bound − 1, without bias.
   *
   * @throws ArgumentError unless `bound` is an integer from 1 to 2^32.
   */
  integer(bound: number): number {
    if (!Number.isInteger(bound) || bound < 1 || bound > TWO_32) {
      throw new ArgumentError(`random: bound is ${describeValue(bound)}; expected an integer from 1 to 2^32`);
    }
    const limit = TWO_32 - (TWO_32 % bound);
    for (;;) {
      const word = this.uint32();
      if (word < limit) return word % bound;
    }
  }

  /** Normal with mean 0 and variance 1 (Box–Muller). */
  normal(): number {
    if (this.#spareNormal !== undefined) {
      const spare = this.#spareNormal;
      this.#spareNormal = undefined;
      return spare;
    }
    const radius = Math.sqrt(-2 * Math.log(1 - this.uniform()));
    const angle = 2 * Math.PI * this.uniform();
    this.#spareNormal = radius * Math.sin(angle);
    return radius * Math.cos(angle);
  }

  /**
   * Fills an array with normal numbers of mean 0 and this standard deviation, four times as fast as `normal` one by one. They are made of 32
   * random bits each, enough for float32: none lies further than 6.8 standard deviations from 0.
   */
  fillNormal(values: Float32Array, stddev = 1): void {
    const words = this.#words;
    for (let i = 0; i < values.length; i += 4) {
      this.#draw();
      const radius0 = stddev * Math.sqrt(-2 * Math.log(((words[0] ?? 0) + 0.5) / TWO_32));
      const radius1 = stddev * Math.sqrt(-2 * Math.log(((words[2] ?? 0) + 0.5) / TWO_32));
      const angle0 = TURN * (words[1] ?? 0);
      const angle1 = TURN * (words[3] ?? 0);
      // Writing past the end of a typed array does nothing.
      values[i] = radius0 * Math.cos(angle0);
      values[i + 1] = radius0 * Math.sin(angle0);
      values[i + 2] = radius1 * Math.cos(angle1);
      values[i + 3] = radius1 * Math.sin(angle1);
    }
    this.#used = 4;
  }

  /** Fills an array with numbers uniform between `low` and `high`, of 32 random bits each. */
  fillUniform(values: Float32Array, low: number, high: number): void {
    const words = this.#words;
    const scale = (high - low) / TWO_32;
    for (let i = 0; i < values.length; i += 4) {
      this.#draw();
      values[i] = low + scale * (words[0] ?? 0);
      values[i + 1] = low + scale * (words[1] ?? 0);
      values[i + 2] = low + scale * (words[2] ?? 0);
      values[i + 3] = low + scale * (words[3] ?? 0);
    }
    this.#used = 4;
  }

  #draw(): void {
    philoxInto(this.#words, this.#block >>> 0, Math.floor(this.#block / TWO_32), 0, 0, this.#key[0], this.#key[1]);
    this.#block++;
  }
}

/**
 * The indices 0 … count − 1 in an order drawn from the named stream (Fisher–Yates); every order is equally likely.
 *
 * @throws ArgumentError unless `count` is an integer from 0 to 2^31 − 1.
 */
export function shuffledIndices(count: number, seed: number, ...stream: (number | string)[]): Int32Array {
  if (!Number.isInteger(count) || count < 0 || count >= 2 ** 31) {
    throw new ArgumentError(`random: count is ${describeValue(count)}; expected an integer from 0 to 2^31 − 1`);
  }
  const indices = Int32Array.from({length: count}, (_, index) => index);
  const random = new CounterRandom(seed, ...stream);
  for (let last = count - 1; last > 0; last--) {
    const other = random.integer(last + 1);
    const held = indices[last];
    indices[last] = indices[other];
    indices[other] = held;
  }
  return indices;
}
