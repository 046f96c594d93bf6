// SPDX-License-Identifier: Apache-2.0
import type {ImageEvent} from '@addernet/plugin';
import {encode} from 'fast-png';

/** An image as a PNG file. */
export const encodeImage = ({width, height, channels, pixels}: ImageEvent): Uint8Array =>
  encode({width, height, channels, depth: 8, data: pixels});
