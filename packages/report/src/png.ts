// SPDX-License-Identifier: Apache-2.0
import type {RecordedImage} from '@addernet/plugin';
import {encode} from 'fast-png';

/** 8-bit grey or colour picture as the address of a PNG file that is the address itself. */
export function pngDataUri({
  width,
  height,
  channels,
  data,
}: {
  width: number;
  height: number;
  channels: number;
  data: Uint8Array;
}): string {
  const bytes = encode({width, height, channels, depth: 8, data});
  // In pieces: a call has a limit of arguments.
  let text = '';
  for (let start = 0; start < bytes.length; start += 8192) {
    text += String.fromCharCode(...bytes.subarray(start, start + 8192));
  }
  return `data:image/png;base64,${btoa(text)}`;
}

/** A recorded image as the address of a PNG file. */
export function recordedImageUri({width, height, channels, pixels}: RecordedImage): string {
  const data = Uint8Array.from(atob(pixels), (letter) => letter.charCodeAt(0));
  return pngDataUri({width, height, channels, data});
}
