// SPDX-License-Identifier: Apache-2.0

/** Elements that are visited for all channels before going on; 16 KiB of float32, so that they are still in the first-level cache. */
const BLOCK_ELEMENTS = 4096;

/**
 * Walks over a flat [rows, channels] array by channel, block by block: `visit` gets a channel and where its elements of the block lie, at
 * first, first + channels, … below end. So a visitor's loop has its channel's figures in registers, and reads memory only once.
 */
export function visitChannelRuns(
  length: number,
  channels: number,
  visit: (channel: number, first: number, end: number) => void,
): void {
  const block = Math.max(1, Math.floor(BLOCK_ELEMENTS / channels)) * channels;
  for (let start = 0; start < length; start += block) {
    const end = Math.min(length, start + block);
    for (let channel = 0; channel < channels; channel++) visit(channel, start + channel, end);
  }
}
