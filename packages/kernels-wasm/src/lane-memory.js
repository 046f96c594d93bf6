// SPDX-License-Identifier: Apache-2.0
// Plain JavaScript, as workers run it from the sources, too (threads/control.js).

/**
 * Addresses in memory of which every thread has its own stand for themselves until a thread makes a call, and puts its own in their place. They are
 * SPAN · (index of the memory + 1) + offset + ½, to which can be added like to any address; and no argument of a call is like them, as no address is so
 * large, and no float32 number of that size has a fraction.
 */
const SPAN = 2 ** 40;

/**
 * @param {number} index
 * @returns {number} address of the beginning of a memory
 */
export function laneAddress(index) {
  return SPAN * (index + 1) + 0.5;
}

/**
 * @param {number} value an argument of a call
 * @returns {boolean}
 */
export function isLaneAddress(value) {
  return value >= SPAN && value - Math.floor(value) === 0.5;
}

/**
 * @param {number} address
 * @returns {number} index of its memory
 */
export function laneMemoryIndex(address) {
  return Math.floor(address / SPAN) - 1;
}

/**
 * @param {number} address
 * @returns {number} its offset from the beginning of its memory
 */
export function laneOffset(address) {
  return Math.floor(address % SPAN);
}
