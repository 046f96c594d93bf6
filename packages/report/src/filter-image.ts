// SPDX-License-Identifier: Apache-2.0
import type {FiltersRecord} from '@addernet/plugin';

/** A picture of a layer's filters side by side: red, green, blue and opacity, 8 bits each. */
export interface FilterImage {
  readonly width: number;
  readonly height: number;
  readonly channels: 4;
  readonly data: Uint8Array;
  /** The weight that is black or, with the opposite sign, full colour. */
  readonly extreme: number;
  readonly filters: number;
}

/** More filters are cut off. */
const MOST_FILTERS = 256;
const COLUMNS = 16;

/**
 * Filters [height, width, inChannels, outChannels] in rows of 16, a transparent pixel between them. Zero is medium grey, and all filters have
 * one scale. Three channels are red, green and blue; of other numbers of channels it is the mean. Undefined for what is no 2-D filter.
 */
export function filterImage({filters: {shape, values}}: FiltersRecord): FilterImage | undefined {
  const [filterHeight, filterWidth, channels, outChannels] = shape;
  if (shape.length !== 4 || !filterHeight || !filterWidth || !channels || !outChannels) return undefined;
  const filters = Math.min(outChannels, MOST_FILTERS);
  const columns = Math.min(COLUMNS, filters);
  const rows = Math.ceil(filters / columns);
  const [width, height] = [columns * (filterWidth + 1) - 1, rows * (filterHeight + 1) - 1];
  const weight = (y: number, x: number, channel: number, filter: number): number =>
    values[((y * filterWidth + x) * channels + channel) * outChannels + filter] ?? 0;
  const shown = (y: number, x: number, colour: number, filter: number): number => {
    if (channels === 3) return weight(y, x, colour, filter);
    const all = Array.from({length: channels}, (_, channel) => weight(y, x, channel, filter));
    return all.reduce((sum, value) => sum + value, 0) / channels;
  };
  const pixels: {readonly at: number; readonly colours: readonly number[]}[] = [];
  for (let filter = 0; filter < filters; filter++) {
    const [top, left] = [Math.floor(filter / columns) * (filterHeight + 1), (filter % columns) * (filterWidth + 1)];
    for (let y = 0; y < filterHeight; y++) {
      for (let x = 0; x < filterWidth; x++) {
        pixels.push({
          at: 4 * ((top + y) * width + left + x),
          colours: [0, 1, 2].map((colour) => shown(y, x, colour, filter)),
        });
      }
    }
  }
  const extreme = pixels.reduce((most, {colours}) => Math.max(most, ...colours.map(Math.abs)), 0);
  const data = new Uint8Array(4 * width * height);
  for (const {at, colours} of pixels) {
    data.set([...colours.map((value) => Math.round(127.5 + (extreme > 0 ? (127.5 * value) / extreme : 0))), 255], at);
  }
  return {width, height, channels: 4, data, extreme, filters};
}
