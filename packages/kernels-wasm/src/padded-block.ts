// SPDX-License-Identifier: Apache-2.0
import {FLOAT_BYTES, type KernelCall} from './kernel-call.js';
import type {Lane} from './lane.js';
import type {WindowPass} from './window-pass.js';

/** Places for blocks of images with zeros around them, or the tensor itself where there are none. */
export class PaddedBlock {
  readonly imageBytes: number;
  private readonly pass: WindowPass;
  private readonly blockBytes: number;
  private readonly address: number | undefined;

  /**
   * @param images of a block
   * @param places number of blocks, or 'lane': one for every thread
   */
  constructor(call: KernelCall, pass: WindowPass, images: number, places: number | 'lane') {
    const {source, padded} = pass;
    this.pass = pass;
    this.imageBytes = imageBytes({...padded, channels: source.channels});
    this.blockBytes = images * this.imageBytes;
    if (padded.height === source.height && padded.width === source.width) return;
    if (places === 'lane') {
      this.address = call.laneScratch(this.blockBytes);
      call.clearLaneScratch(this.address, this.blockBytes);
    } else {
      this.address = call.scratch(places * this.blockBytes);
      call.floats(this.address, (places * this.blockBytes) / FLOAT_BYTES).fill(0);
    }
  }

  /** Whether images are copied at all. */
  get copies(): boolean {
    return this.address !== undefined;
  }

  /** @returns where the block of a place lies when it has been loaded; `source` is where its images lie without padding. */
  at(source: number, place: number): number {
    return this.address === undefined ? source : this.address + place * this.blockBytes;
  }

  /** Loads `count` images that are contiguous at `source` into a place, which is 0 in a thread's own. */
  load(lane: Lane, source: number, count: number, place: number): void {
    if (this.address === undefined) return;
    const {height, width, channels} = this.pass.source;
    const {padded} = this.pass;
    lane.run(
      'padImages',
      source,
      this.at(source, place),
      count,
      height,
      width,
      channels,
      padded.height,
      padded.width,
      padded.top,
      padded.left,
    );
  }
}

/** Size of an image, bytes. */
export function imageBytes({height, width, channels}: {height: number; width: number; channels: number}): number {
  return height * width * channels * FLOAT_BYTES;
}
