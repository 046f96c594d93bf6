// SPDX-License-Identifier: Apache-2.0

/** One colour in its two forms: on white paper and on a dark screen. */
export interface Shade {
  readonly light: string;
  readonly dark: string;
}

/** Page backgrounds that the colours are made for. */
export const BACKGROUND: Shade = {light: '#ffffff', dark: '#14171a'};

/** Text, lines and other things that stand for no operator. */
export const NEUTRAL = {
  ink: {light: '#1f2328', dark: '#e6e8eb'},
  muted: {light: '#59636e', dark: '#a3adb8'},
  axis: {light: '#8b949e', dark: '#6e7883'},
  grid: {light: '#e6e9ed', dark: '#2b3138'},
} as const satisfies Record<string, Shade>;

/**
 * Colours of operators, in the order in which they are given out. Blue and vermillion are of Okabe and Ito's palette; the others were chosen
 * for the largest distance from those before them with normal and simulated deficient colour vision, at a contrast of 3:1 or more with the
 * background. Since eight colours cannot all be told apart that way, every operator has its symbol, too.
 */
export const OPERATOR_COLORS: readonly [Shade, ...Shade[]] = [
  {light: '#0072b2', dark: '#56b4e9'},
  {light: '#d55e00', dark: '#f28a4a'},
  {light: '#4a1f2e', dark: '#cdeebb'},
  {light: '#bd7d95', dark: '#f5a9cf'},
  {light: '#9271f9', dark: '#7b83e8'},
  {light: '#2f7d4f', dark: '#f4d83a'},
  {light: '#2d2d53', dark: '#fdfdfd'},
  {light: '#7f7f7f', dark: '#9a9a9a'},
];

/** Parts of an amount that is no operator's, e.g. of an energy: one hue in three steps, told apart in print without colour too. */
export const PART_COLORS = {
  first: {light: '#33424f', dark: '#d5dde5'},
  second: {light: '#7a8fa3', dark: '#8496a8'},
  third: {light: '#c3cfda', dark: '#4c5a68'},
} as const satisfies Record<string, Shade>;

/** Shares of a whole in five steps, from little to all: one hue, lighter to darker on paper and darker to lighter on a dark screen. */
export const HEAT_COLORS: readonly [Shade, ...Shade[]] = [
  {light: '#d9e8f3', dark: '#1d3344'},
  {light: '#a9cce4', dark: '#24506f'},
  {light: '#6aa5cf', dark: '#2f76a3'},
  {light: '#2c79b0', dark: '#5aa9d9'},
  {light: '#0b4271', dark: '#b5defa'},
];

/**
 * Colours of classes, on paper and on a dark screen alike: Petroff's sequence of ten, chosen for people with deficient colour vision, too ("Accessible
 * color sequences for data visualization", arXiv 2107.02270). Since ten colours cannot all be told apart at a glance, every class has its symbol as well.
 */
export const CLASS_COLORS: readonly string[] = [
  '#3f90da',
  '#ffa90e',
  '#bd1f01',
  '#94a4a2',
  '#832db6',
  '#a96b59',
  '#e76300',
  '#b9ac70',
  '#717581',
  '#92dadd',
];

/** Vega's symbol names, given out with the colours of classes; those alike in colour differ in symbol. */
export const CLASS_SYMBOLS: readonly string[] = ['circle', 'square', 'triangle-up', 'diamond', 'cross'];

/** Vega's symbol names, given out with the colours. */
const OPERATOR_SYMBOLS: readonly [string, ...string[]] = [
  'circle',
  'square',
  'triangle-up',
  'diamond',
  'triangle-down',
  'cross',
  'triangle-right',
];

/** How an operator (or one run of it, where runs cannot be averaged) looks in every chart of a report. */
export interface SeriesStyle {
  readonly name: string;
  /** For white paper; the page's style sheet maps it to its dark form. */
  readonly color: string;
  readonly symbol: string;
}

/** With more names than colours the colours repeat, with other symbols (8 and 7 have no common factor). */
export function seriesStyles(names: readonly string[]): readonly SeriesStyle[] {
  return names.map((name, index) => ({
    name,
    color: (OPERATOR_COLORS[index % OPERATOR_COLORS.length] ?? OPERATOR_COLORS[0]).light,
    symbol: OPERATOR_SYMBOLS[index % OPERATOR_SYMBOLS.length] ?? OPERATOR_SYMBOLS[0],
  }));
}

/** Every colour that a chart may contain. */
export const CHART_SHADES: readonly Shade[] = [
  BACKGROUND,
  ...Object.values(NEUTRAL),
  ...Object.values(PART_COLORS),
  ...HEAT_COLORS,
  ...OPERATOR_COLORS,
];
