// SPDX-License-Identifier: Apache-2.0

/** Rows of pixels from the top, each pixel's channels together, 0 to 255. */
export interface FilterImage {
  readonly width: number;
  readonly height: number;
  /** 1: grey, 3: red, green, blue. */
  readonly channels: 1 | 3;
  /** [height, width, channels]. */
  readonly pixels: Uint8Array;
}

/** How filters are laid out. */
export interface FilterTilesOptions {
  /** Pixels along a weight's edge; default 1. */
  readonly scale?: number;
  /** White pixels between tiles and around them; default 1. */
  readonly gap?: number;
  /** Tiles in a row; default: as square as can be (filters of 1 or 3 channels), otherwise the number of input channels. */
  readonly columns?: number;
}

const WHITE = 255;
const GREY = 127.5;

const whole = (name: string, value: number, least: number): number => {
  if (Number.isInteger(value) && value >= least) return value;
  throw new RangeError(`filterTiles: ${name} is ${value}; expected an integer ≥ ${least}`);
};

/**
 * Draws the filters of a layer side by side. One scale for all of them: zero is mid-grey, and the largest absolute weight is black or white, so that
 * filters can be compared. Filters of three input channels are one coloured tile each, those of one channel one grey tile each; of any other
 * number, every channel is a grey tile of its own, a filter's channels following one another.
 *
 * @param values the weights, in the order of their shape; what is not finite is drawn as zero
 * @param shape [filterHeight, filterWidth, inChannels, outChannels]
 * @throws RangeError for another shape, another number of values, or sizes that are no integers
 */
export function filterTiles(
  values: ArrayLike<number>,
  shape: readonly number[],
  options: FilterTilesOptions = {},
): FilterImage {
  const [filterHeight = 0, filterWidth = 0, inChannels = 0, outChannels = 0] = shape;
  const size = filterHeight * filterWidth * inChannels * outChannels;
  if (shape.length !== 4 || !Number.isInteger(size) || size < 1 || shape.some((length) => length < 1)) {
    throw new RangeError(
      `filterTiles: shape is [${shape.join(',')}]; expected [filterHeight, filterWidth, inChannels, outChannels], each ≥ 1`,
    );
  }
  if (values.length !== size) {
    throw new RangeError(`filterTiles: ${values.length} values; a shape of [${shape.join(',')}] has ${size}`);
  }
  const scale = whole('scale', options.scale ?? 1, 1);
  const gap = whole('gap', options.gap ?? 1, 0);
  const channels = inChannels === 3 ? 3 : 1;
  const tilesPerFilter = inChannels / channels;
  const tiles = outChannels * tilesPerFilter;
  const columns = Math.min(
    tiles,
    whole('columns', options.columns ?? (tilesPerFilter > 1 ? tilesPerFilter : Math.ceil(Math.sqrt(tiles))), 1),
  );
  const rows = Math.ceil(tiles / columns);
  const width = columns * (filterWidth * scale + gap) + gap;
  const height = rows * (filterHeight * scale + gap) + gap;
  const pixels = new Uint8Array(width * height * channels).fill(WHITE);
  let largest = 0;
  for (let index = 0; index < size; index++) {
    const value = Math.abs(values[index] ?? 0);
    if (Number.isFinite(value) && value > largest) largest = value;
  }
  const shade = (value: number): number =>
    Math.round(GREY + (largest > 0 && Number.isFinite(value) ? (GREY * value) / largest : 0));
  for (let tile = 0; tile < tiles; tile++) {
    const filter = Math.floor(tile / tilesPerFilter);
    const firstChannel = (tile % tilesPerFilter) * channels;
    const left = gap + (tile % columns) * (filterWidth * scale + gap);
    const top = gap + Math.floor(tile / columns) * (filterHeight * scale + gap);
    for (let y = 0; y < filterHeight * scale; y++) {
      for (let x = 0; x < filterWidth * scale; x++) {
        const tap = Math.floor(y / scale) * filterWidth + Math.floor(x / scale);
        for (let channel = 0; channel < channels; channel++) {
          const value = values[(tap * inChannels + firstChannel + channel) * outChannels + filter] ?? 0;
          pixels[((top + y) * width + left + x) * channels + channel] = shade(value);
        }
      }
    }
  }
  return {width, height, channels, pixels};
}
