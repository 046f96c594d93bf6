// SPDX-License-Identifier: Apache-2.0
import type {FilterPicture} from '../protocol.js';
import {make} from './element.js';

/** Pictures of each operator's first filters. */
export class FilterGallery {
  readonly #canvases = new Map<string, HTMLCanvasElement>();

  constructor(private readonly target: HTMLElement) {}

  clear(operators: readonly string[]): void {
    this.#canvases.clear();
    this.target.replaceChildren(
      ...operators.map((operator) => {
        const figure = make('figure');
        const canvas = make('canvas');
        canvas.setAttribute('role', 'img');
        canvas.setAttribute('aria-label', `filters of the first layer, ${operator}`);
        this.#canvases.set(operator, canvas);
        figure.append(make('h2', '', `First filters, ${operator}`), canvas, make('figcaption', '', 'Mid-grey is 0.'));
        return figure;
      }),
    );
  }

  draw(operator: string, {image, gap, pitch: [right, down]}: FilterPicture): void {
    const {width, height, channels, pixels} = image;
    const canvas = this.#canvases.get(operator);
    const context = canvas?.getContext('2d');
    if (canvas === undefined || context === null || context === undefined) return;
    canvas.width = width;
    canvas.height = height;
    const data = context.createImageData(width, height);
    for (let pixel = 0; pixel < width * height; pixel++) {
      for (let channel = 0; channel < 3; channel++) {
        data.data[4 * pixel + channel] = pixels[channels * pixel + (channels === 3 ? channel : 0)] ?? 0;
      }
      // The page shows between the filters, light or dark.
      const between = (pixel % width) % right < gap || Math.floor(pixel / width) % down < gap;
      data.data[4 * pixel + 3] = between ? 0 : 255;
    }
    context.putImageData(data, 0, 0);
  }
}
