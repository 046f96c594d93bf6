// SPDX-License-Identifier: Apache-2.0
/** A pixel's entry in a table: two int32, as in assembly/windows.ts. */
export const PIXEL_INTS = 2;
export const PIXEL_BYTES = 8;
