// SPDX-License-Identifier: Apache-2.0
import {FLOAT_BYTES, type KernelCall} from './kernel-call.js';
import type {WindowPass} from './window-pass.js';

/** Images with zeros around them, or the tensor itself where there are none. */
export class PaddedBlock {
  readonly imageBytes: number;
  private readonly call: KernelCall;
  private readonly pass: WindowPass;
  private readonly address: number | undefined;

  constructor(call: KernelCall, pass: WindowPass, images: number) {
    const {source, padded} = pass;
    this.call = call;
    this.pass = pass;
    this.imageBytes = imageBytes({...padded, channels: source.channels});
    if (padded.height === source.height && padded.width === source.width) return;
    const address = call.scratch(images * this.imageBytes);
    call.floats(address, (images * this.imageBytes) / FLOAT_BYTES).fill(0);
    this.address = address;
  }

  /** @returns the address of `count` images that are contiguous at `source`, with their padding. */
  load(source: number, count: number): number {
    if (this.address === undefined) return source;
    const {height, width, channels} = this.pass.source;
    const {padded} = this.pass;
    this.call.kernels.padImages(
      source,
      this.address,
      count,
      height,
      width,
      channels,
      padded.height,
      padded.width,
      padded.top,
      padded.left,
    );
    return this.address;
  }
}

/** Size of an image, bytes. */
export function imageBytes({height, width, channels}: {height: number; width: number; channels: number}): number {
  return height * width * channels * FLOAT_BYTES;
}
