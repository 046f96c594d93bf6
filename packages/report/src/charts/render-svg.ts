// SPDX-License-Identifier: Apache-2.0
import type {VNode} from 'preact';
import type {TopLevelSpec} from 'vega-lite';
import {html} from '../html/markup.js';
import {PADDING} from './theme.js';

/** A chart to be drawn, with its texts for those who do not see it. */
export interface Chart {
  readonly title: string;
  readonly description: string;
  readonly spec: TopLevelSpec;
  /**
   * Pixels from the left edge of the plot to the right border. Without a canvas Vega estimates widths of text, far too large for long titles;
   * the charts know better.
   */
  readonly widthFromPlot?: number;
  /** Likewise, from the top edge of the plot to the lower border, and what is kept left of the plot. */
  readonly heightFromPlot?: number;
  readonly leftOfPlot?: number;
  /** Texts that show while the pointer is over a part of the plot, in pixels from its corner; later ones lie on top. */
  readonly hovers?: readonly Hover[];
}

export interface Hover {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
  readonly text: string;
}

/** The svg element's opening tag, as Vega writes it: its content is taken over, its attributes are written anew. */
const SVG_PARTS = /^<svg [^>]*>(?<content>.*)<\/svg>\s*$/su;

/** Vega writes all digits of a position: for thousands of points that is most of the file. */
const POSITION = /(?<= transform="translate\()(?<x>-?[\d.]+),(?<y>-?[\d.]+)(?=\)")/gu;

const roundPosition = (_: string, x: string, y: string): string =>
  [x, y].map((value) => String(Math.round(Number(value) * 100) / 100)).join();

/**
 * Draws a chart without canvas and DOM. Vega's output has neither a title element nor one that names it, hence an svg element of our own
 * around its content.
 *
 * @param id - unique in the document
 */
export async function renderSvg(chart: Chart, id: string): Promise<VNode> {
  const {title, description, spec, widthFromPlot, heightFromPlot, leftOfPlot, hovers = []} = chart;
  // Loaded on first use: they are most of this package's start-up time.
  const [vega, vegaLite] = await Promise.all([import('vega'), import('vega-lite')]);
  const {spec: compiled} = vegaLite.compile(spec, {logger: vega.logger(vega.Error)});
  const view = new vega.View(vega.parse(compiled), {renderer: 'none', logLevel: vega.Error});
  try {
    const svg = await view.toSVG();
    const content = SVG_PARTS.exec(svg)?.groups?.['content'];
    const size = /\bwidth="(?<width>[\d.]+)" height="(?<height>[\d.]+)"/u.exec(svg)?.groups;
    if (content === undefined || size === undefined) {
      throw new Error(
        `renderSvg: expected vega to draw one svg element with width and height; got ${svg.slice(0, 200)}`,
      );
    }
    const [left, top] = view.origin();
    const cut = leftOfPlot === undefined ? 0 : Math.max(0, Math.floor(PADDING.left + left - leftOfPlot));
    const width =
      (widthFromPlot === undefined ? Number(size['width']) : Math.ceil(PADDING.left + left + widthFromPlot)) - cut;
    const height = heightFromPlot === undefined ? size['height'] : Math.ceil(PADDING.top + top + heightFromPlot);
    return html`<svg
      xmlns="http://www.w3.org/2000/svg"
      class="chart"
      width=${width}
      height=${height}
      viewBox=${`${cut} 0 ${width} ${height}`}
      role="img"
      aria-labelledby=${`${id}-title ${id}-description`}
    >
      <title id=${`${id}-title`}>${title}</title>
      <desc id=${`${id}-description`}>${description}</desc>
      <g aria-hidden="true" dangerouslySetInnerHTML=${{__html: content.replace(POSITION, roundPosition)}} />
      ${
        hovers.length === 0
          ? null
          : html`<g
              aria-hidden="true"
              fill="transparent"
              transform=${`translate(${PADDING.left + left} ${PADDING.top + top})`}
            >
              ${hovers.map(
                ({text, ...place}) =>
                  html`<rect ...${place}>
                    <title>${text}</title>
                  </rect>`,
              )}
            </g>`
      }
    </svg>`;
  } finally {
    view.finalize();
  }
}
