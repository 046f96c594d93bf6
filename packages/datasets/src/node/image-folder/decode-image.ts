// SPDX-License-Identifier: Apache-2.0
import {readFile} from 'node:fs/promises';
import type {Sharp, SharpOptions} from 'sharp';
import {DataFileError, DatasetUnavailableError} from '../../errors.js';
import type {Region} from '../../image-folder/crops.js';

/** What is made of an image once its size is known. */
export interface Cut {
  /** Cut out first, where given. */
  readonly before?: Region;
  /** Then brought to this size, by triangle-filtered (antialiased bilinear) sampling. */
  readonly resized: readonly [width: number, height: number];
  /** Then cut out of it, where given. */
  readonly after?: Region;
  readonly flip: boolean;
}

type SharpModule = (input: Buffer, options: SharpOptions) => Sharp;

let module: Promise<SharpModule> | undefined;

/** Decoding is left to sharp (libvips), which comes as a prebuilt package for the usual platforms. */
async function sharp(): Promise<SharpModule> {
  module ??= import('sharp').then(
    ({default: create}) => create,
    (error: unknown) => {
      throw new DatasetUnavailableError(
        'image-folder: the package sharp, which decodes the images, cannot be loaded; `npm install sharp` in the folder of ' +
          'your project (https://sharp.pixelplumbing.com/install has the platforms)',
        {cause: error},
      );
    },
  );
  return module;
}

/** 'error' also refuses cut-off files; what decoders only warn of (odd metadata) passes, as ImageNet has such files. */
const READING: SharpOptions = {failOn: 'error', sequentialRead: true};

/**
 * Reads an image as RGB: [height, width, 3], 0–255. Grey is repeated, CMYK is converted, an alpha channel is left out, and the camera's
 * orientation is not followed (as torchvision's ImageFolder).
 *
 * @param cut what to make of an image of this width and height
 * @throws DataFileError naming the file when it cannot be read or decoded
 */
export async function decodeImage(file: string, cut: (width: number, height: number) => Cut): Promise<Uint8Array> {
  const create = await sharp();
  try {
    const bytes = await readFile(file);
    const {width, height} = await create(bytes, READING).metadata();
    const {before, resized, after, flip} = cut(width, height);
    let image = create(bytes, READING);
    if (before !== undefined) image = image.extract(before);
    const [toWidth, toHeight] = resized;
    image = image.resize(toWidth, toHeight, {fit: 'fill', kernel: 'linear', fastShrinkOnLoad: false});
    if (after !== undefined) image = image.extract(after);
    if (flip) image = image.flop();
    const {data, info} = await image
      .toColourspace('srgb')
      .removeAlpha()
      .raw({depth: 'uchar'})
      .toBuffer({resolveWithObject: true});
    if (info.channels === 3) return data;
    if (info.channels === 1)
      return Uint8Array.from({length: data.length * 3}, (_, at) => data[Math.floor(at / 3)] ?? 0);
    throw new Error(`has ${info.channels} channels; expected grey, RGB or CMYK`);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new DataFileError(file, `cannot be read as an image (${reason}); remove it or replace it`, {cause: error});
  }
}
