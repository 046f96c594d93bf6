// SPDX-License-Identifier: Apache-2.0
// Plain JavaScript, as is everything that workers load: they run it from the sources, too, where nothing translates TypeScript for them.

/**
 * How threads talk to each other: int32 words in shared memory. Words that several threads write lie on cache lines of their own.
 *
 * The calling thread describes the items of a piece of work in shared lists, opens the gate and wakes the others. All take the next item until none is
 * left. Then the calling thread closes the gate, behind which nobody enters any more, and waits until those inside have left. A worker that was too slow to
 * wake finds the gate closed, and nobody has waited for it.
 */

/** Counts pieces of work; workers wait for it to change. */
export const GENERATION = 0;
/** Number of workers inside; CLOSED more when the gate is closed. */
export const GATE = 16;
export const CLOSED = -(2 ** 30);
/** The item that is to be taken next, and the number of items. */
export const NEXT = 32;
export const ITEMS = 48;
/** 1 when a checked call has not answered 1. */
export const REFUSED = 49;
/** 1 when workers are to end. */
export const STOP = 50;
/** Length of the message of the first worker that failed; 0 while none has. Its UTF-16 code units follow the workers' words. */
export const FAILURE = 51;

/** From here on, words of every thread. */
const LANES = 64;
const LANE_WORDS = 16;
/** Items that the thread has done: a sign of life. */
export const BEATS = 0;
/** The operating system's number of the thread, where it is known, otherwise 0. */
export const SYSTEM_ID = 1;

export const MESSAGE_LENGTH = 400;

/**
 * @param {number} lane
 * @param {number} word
 * @returns {number} index of a word of a thread
 */
export function laneWord(lane, word) {
  return LANES + lane * LANE_WORDS + word;
}

/**
 * @param {number} threads
 * @returns {number} number of words of the control block, its message included
 */
export function controlLength(threads) {
  return messageStart(threads) + MESSAGE_LENGTH;
}

/**
 * @param {number} threads
 * @returns {number} index of the first code unit of the failure's message
 */
export function messageStart(threads) {
  return laneWord(threads, 0);
}

/** A call is its head, then its arguments: the head is function + HEAD_ARGUMENTS · (number of arguments) + HEAD_CHECKED if checked. */
export const HEAD_ARGUMENTS = 2 ** 10;
export const HEAD_CHECKED = 2 ** 20;
