// SPDX-License-Identifier: Apache-2.0
import {lab, rgb} from 'd3-color';
import {describe, expect, it} from 'vitest';
import {
  BACKGROUND,
  CHART_SHADES,
  CLASS_COLORS,
  CLASS_SYMBOLS,
  NEUTRAL,
  OPERATOR_COLORS,
  seriesStyles,
  type Shade,
} from '../src/palette.js';

type Form = keyof Shade;
type Matrix = readonly number[];

const FORMS: readonly Form[] = ['light', 'dark'];

/** Full deficiencies, by Machado, Oliveira and Fernandes (2009): matrices on linear RGB. */
const VISION: Record<string, Matrix> = {
  normal: [1, 0, 0, 0, 1, 0, 0, 0, 1],
  protanopia: [0.152286, 1.052583, -0.204868, 0.114503, 0.786281, 0.099216, -0.003882, -0.048116, 1.051998],
  deuteranopia: [0.367322, 0.860646, -0.227968, 0.280085, 0.672501, 0.047413, -0.01182, 0.04294, 0.968881],
  tritanopia: [1.255528, -0.076749, -0.178779, -0.078411, 0.930809, 0.147602, 0.004733, 0.691367, 0.3039],
};

function linearOf(color: string): number[] {
  const {r, g, b} = rgb(color);
  return [r, g, b]
    .map((value) => value / 255)
    .map((value) => (value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4));
}

function encoded(value: number): number {
  const clipped = Math.min(1, Math.max(0, value));
  return 255 * (clipped <= 0.0031308 ? 12.92 * clipped : 1.055 * clipped ** (1 / 2.4) - 0.055);
}

function seen(color: string, matrix: Matrix) {
  const linear = linearOf(color);
  const [r = 0, g = 0, b = 0] = [0, 1, 2].map((row) =>
    encoded(linear.reduce((sum, value, column) => sum + value * (matrix[3 * row + column] ?? 0), 0)),
  );
  return lab(rgb(r, g, b));
}

/** CIE 1976 colour difference; about 2 can just be noticed side by side. */
function difference(first: string, second: string, matrix: Matrix): number {
  const [a, b] = [seen(first, matrix), seen(second, matrix)];
  return Math.hypot(a.l - b.l, a.a - b.a, a.b - b.b);
}

/** WCAG 2 contrast ratio. */
function contrast(first: string, second: string): number {
  const luminance = (color: string) => {
    const [r = 0, g = 0, b = 0] = linearOf(color);
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const [low = 0, high = 0] = [luminance(first), luminance(second)].sort((a, b) => a - b);
  return (high + 0.05) / (low + 0.05);
}

describe.each(FORMS)('on a %s background', (form) => {
  it('text and lines of operators stand out', () => {
    expect(contrast(NEUTRAL.ink[form], BACKGROUND[form])).toBeGreaterThan(7);
    expect(contrast(NEUTRAL.muted[form], BACKGROUND[form])).toBeGreaterThan(4.5);
    for (const color of OPERATOR_COLORS) {
      expect(contrast(color[form], BACKGROUND[form])).toBeGreaterThan(3);
    }
  });

  it.each(Object.entries(VISION))('the first four operators differ in colour with %s', (_, matrix) => {
    const colors = OPERATOR_COLORS.slice(0, 4).map((color) => color[form]);
    for (const [index, color] of colors.entries()) {
      for (const other of colors.slice(0, index)) {
        expect(difference(color, other, matrix)).toBeGreaterThan(17);
      }
    }
  });
});

it.each(Object.entries(VISION))(
  'classes differ in colour with %s, and those alike in colour in symbol',
  (_, matrix) => {
    const symbolOf = (index: number) => CLASS_SYMBOLS[index % CLASS_SYMBOLS.length];
    for (const [index, color] of CLASS_COLORS.entries()) {
      for (const [earlier, other] of CLASS_COLORS.slice(0, index).entries()) {
        expect(difference(color, other, matrix)).toBeGreaterThan(symbolOf(index) === symbolOf(earlier) ? 17 : 5);
      }
    }
    expect(CHART_SHADES.map(({light}) => light).filter((color) => CLASS_COLORS.includes(color))).toEqual([]);
  },
);

it('colours of paper are distinct, so that each maps to one dark colour', () => {
  expect(new Set(CHART_SHADES.map(({light}) => light)).size).toBe(CHART_SHADES.length);
});

it('gives 56 operators 56 looks', () => {
  const looks = seriesStyles(Array.from({length: 56}, (_, index) => `operator ${index}`)).map(
    ({color, symbol}) => `${color} ${symbol}`,
  );
  expect(new Set(looks).size).toBe(56);
});
