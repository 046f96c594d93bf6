// SPDX-License-Identifier: Apache-2.0
import type {CounterRandom} from '@addernet/core';

/** Strokes of the digits, each a polyline of x,y pairs in a box of 10 × 10, y downwards. */
const STROKES: readonly (readonly string[])[] = [
  ['5,1 7,2 8,5 7,8 5,9 3,8 2,5 3,2 5,1'],
  ['3,3 5,1 5,9'],
  ['2,3 3,1 6,1 8,3 7,5 2,9 8,9'],
  ['2,2 4,1 7,2 7,4 4,5 7,6 8,7 6,9 3,9 2,8'],
  ['6,1 2,6 9,6', '6,1 6,9'],
  ['8,1 3,1 2,5 5,4 8,6 7,8 5,9 2,8'],
  ['7,1 4,3 2,6 3,9 6,9 8,7 6,5 3,6'],
  ['2,1 8,1 6,5 4,9'],
  ['5,5 3,3 5,1 7,3 5,5 8,7 5,9 2,7 5,5'],
  ['7,4 4,5 2,3 4,1 7,2 7,4 6,9'],
];

type Point = readonly [number, number];

const GLYPHS = STROKES.map((strokes) =>
  strokes.map((stroke) =>
    stroke.split(' ').map((pair): Point => {
      const [x = 0, y = 0] = pair.split(',').map(Number);
      return [x / 10 - 0.5, y / 10 - 0.5];
    }),
  ),
);

function between(random: CounterRandom, low: number, high: number): number {
  return low + (high - low) * random.uniform();
}

/** Paints a bright digit on black, `size` × `size`, into zeroed `pixels` at `start`: slant, size, place, stroke width and every point are random. */
export function paintDigit(
  digit: number,
  random: CounterRandom,
  size: number,
  pixels: Uint8Array,
  start: number,
): void {
  const width = between(random, 0.62, 0.85) * size;
  const height = between(random, 0.72, 0.9) * size;
  const slant = between(random, -0.1, 0.35);
  const tilt = between(random, -0.12, 0.12);
  const centreX = size / 2 + between(random, -2, 2);
  const centreY = size / 2 + between(random, -2, 2);
  const halfWidth = between(random, 0.7, 1.5);
  const brightness = between(random, 190, 255);
  const place = ([x, y]: Point): Point => {
    const wobbleX = x + between(random, -0.045, 0.045);
    const wobbleY = y + between(random, -0.045, 0.045);
    return [centreX + width * (wobbleX - slant * wobbleY), centreY + height * (wobbleY + tilt * wobbleX)];
  };
  for (const stroke of GLYPHS[digit] ?? []) {
    const points = stroke.map(place);
    points.slice(1).forEach((to, index) => {
      const from = points[index];
      if (from) paintSegment(from, to, halfWidth, brightness, size, pixels, start);
    });
  }
}

function paintSegment(
  [fromX, fromY]: Point,
  [toX, toY]: Point,
  halfWidth: number,
  brightness: number,
  size: number,
  pixels: Uint8Array,
  start: number,
): void {
  const reach = halfWidth + 1;
  const alongX = toX - fromX;
  const alongY = toY - fromY;
  const inverseSquare = 1 / (alongX * alongX + alongY * alongY + 1e-9);
  const firstX = Math.max(0, Math.floor(Math.min(fromX, toX) - reach));
  const lastX = Math.min(size - 1, Math.floor(Math.max(fromX, toX) + reach));
  const firstY = Math.max(0, Math.floor(Math.min(fromY, toY) - reach));
  const lastY = Math.min(size - 1, Math.floor(Math.max(fromY, toY) + reach));
  for (let y = firstY; y <= lastY; y++) {
    for (let x = firstX; x <= lastX; x++) {
      const dx = x + 0.5 - fromX;
      const dy = y + 0.5 - fromY;
      const along = (dx * alongX + dy * alongY) * inverseSquare;
      const nearest = along < 0 ? 0 : along > 1 ? 1 : along;
      const awayX = dx - nearest * alongX;
      const awayY = dy - nearest * alongY;
      const cover = halfWidth + 0.5 - Math.sqrt(awayX * awayX + awayY * awayY);
      const value = Math.floor(brightness * (cover <= 0 ? 0 : cover >= 1 ? 1 : cover) + 0.5);
      const at = start + y * size + x;
      if (value > pixels[at]) pixels[at] = value;
    }
  }
}
