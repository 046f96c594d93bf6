// SPDX-License-Identifier: Apache-2.0
import uPlot from 'uplot';
import 'uplot/dist/uPlot.min.css';
import {color} from './theme.js';

const HEIGHT = 240;
/** Milliseconds between two drawings, however fast steps come. */
const REDRAW_INTERVAL = 100;
/** Beyond so many points every second one is dropped: no screen shows more. */
const MOST_POINTS = 2000;

interface Curve {
  readonly images: number[];
  readonly values: number[];
}

const count = (value: number): string =>
  value >= 10_000 ? `${Math.round(value / 1000)}k` : value.toLocaleString('en', {maximumFractionDigits: 0});

/** Curves of several operators against images seen, as they come. */
export class CurveChart {
  #plot: uPlot | undefined;
  #curves = new Map<string, Curve>();
  #waiting = false;

  constructor(
    private readonly target: HTMLElement,
    private readonly format: (value: number) => string,
    private readonly range: uPlot.Scale['range'],
  ) {
    new ResizeObserver(() => {
      this.#plot?.setSize({width: target.clientWidth, height: HEIGHT});
    }).observe(target);
  }

  /** Begins anew. */
  clear(operators: readonly string[]): void {
    this.#curves = new Map(operators.map((operator) => [operator, {images: [], values: []}]));
    this.restyle();
  }

  add(operator: string, images: number, value: number): void {
    const curve = this.#curves.get(operator);
    if (curve === undefined) return;
    curve.images.push(images);
    curve.values.push(value);
    if (curve.images.length > MOST_POINTS) {
      for (const list of [curve.images, curve.values])
        list.splice(0, list.length, ...list.filter((_, at) => at % 2 === 1));
    }
    if (this.#waiting) return;
    this.#waiting = true;
    setTimeout(() => {
      this.#waiting = false;
      this.#plot?.setData(this.#data());
    }, REDRAW_INTERVAL);
  }

  /** Makes the plot anew, in the colours of now. */
  restyle(): void {
    this.#plot?.destroy();
    const axis = {
      stroke: color('--muted'),
      grid: {stroke: color('--hair'), width: 1},
      ticks: {stroke: color('--hair')},
    };
    this.#plot = new uPlot(
      {
        width: this.target.clientWidth,
        height: HEIGHT,
        legend: {live: true},
        scales: {x: {time: false}, ...(this.range === undefined ? {} : {y: {range: this.range}})},
        axes: [
          {...axis, values: (_plot, values) => values.map(count)},
          {...axis, size: 52, values: (_plot, values) => values.map(this.format)},
        ],
        series: [
          {label: 'images', value: (_plot, value) => (value === null ? '' : `${count(value)} images`)},
          ...[...this.#curves.keys()].map((operator) => ({
            label: operator,
            stroke: color(`--${operator}`),
            width: 2,
            spanGaps: true,
            points: {show: false},
            value: (_plot: uPlot, value: number | null) => (value === null ? '' : this.format(value)),
          })),
        ],
      },
      this.#data(),
      this.target,
    );
  }

  #data(): uPlot.AlignedData {
    const curves = [...this.#curves.values()];
    if (curves.length === 0) return [[]];
    return uPlot.join(curves.map(({images, values}) => [images, values]));
  }
}
