// SPDX-License-Identifier: Apache-2.0
import {renderToString} from 'preact-render-to-string';
import {darkCharts} from '../html/style.js';
import {html} from '../html/markup.js';
import {BACKGROUND} from '../palette.js';
import {renderSvg, type Chart} from './render-svg.js';

const COLUMNS = 2;
const GAP = 24;

const SIZE = /^<svg [^>]*?\bwidth="(?<width>[\d.]+)" height="(?<height>[\d.]+)"/u;

async function draw(chart: Chart, id: string) {
  const svg = renderToString(await renderSvg(chart, id));
  const {width, height} = SIZE.exec(svg)?.groups ?? {};
  return {svg, width: Number(width), height: Number(height)};
}

/**
 * Charts side by side, two to a row, as one SVG document that stands for itself: with a ground, and dark on a dark screen.
 *
 * @param title what all of them are
 */
export async function renderSheet(charts: readonly Chart[], title: string): Promise<string> {
  const drawings = await Promise.all(charts.map((chart, index) => draw(chart, `chart-${index + 1}`)));
  const cell = {
    width: Math.max(...drawings.map(({width}) => width)),
    height: Math.max(...drawings.map(({height}) => height)),
  };
  const columns = Math.min(COLUMNS, drawings.length);
  const width = columns * cell.width + (columns + 1) * GAP;
  const rows = Math.ceil(drawings.length / columns);
  const height = rows * cell.height + (rows + 1) * GAP;
  const placed = drawings.map(({svg}, index) => {
    const [row, column] = [Math.floor(index / columns), index % columns];
    const place = `translate(${GAP + column * (cell.width + GAP)},${GAP + row * (cell.height + GAP)})`;
    return html`<g transform=${place} dangerouslySetInnerHTML=${{__html: svg}} />`;
  });
  const style = `@media screen and (prefers-color-scheme:dark){\n${darkCharts()}\n}`;
  const sheet = html`<svg
    xmlns="http://www.w3.org/2000/svg"
    class="chart"
    width=${width}
    height=${height}
    viewBox=${`0 0 ${width} ${height}`}
    aria-labelledby="title"
  >
    <title id="title">${title}</title>
    <style dangerouslySetInnerHTML=${{__html: style}} />
    <rect width=${width} height=${height} fill=${BACKGROUND.light} />
    ${placed}
  </svg>`;
  return `${renderToString(sheet)}\n`;
}
