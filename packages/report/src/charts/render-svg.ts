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
}

/** The svg element's opening tag, as Vega writes it: its content is taken over, its attributes are written anew. */
const SVG_PARTS = /^<svg [^>]*>(?<content>.*)<\/svg>\s*$/su;

/**
 * Draws a chart without canvas and DOM. Vega's output has neither a title element nor one that names it, hence an svg element of our own
 * around its content.
 *
 * @param id - unique in the document
 */
export async function renderSvg({title, description, spec, widthFromPlot}: Chart, id: string): Promise<VNode> {
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
    const {height} = size;
    const width =
      widthFromPlot === undefined ? size['width'] : Math.ceil(PADDING.left + view.origin()[0] + widthFromPlot);
    return html`<svg
      xmlns="http://www.w3.org/2000/svg"
      class="chart"
      width=${width}
      height=${height}
      viewBox=${`0 0 ${width} ${height}`}
      role="img"
      aria-labelledby=${`${id}-title ${id}-description`}
    >
      <title id=${`${id}-title`}>${title}</title>
      <desc id=${`${id}-description`}>${description}</desc>
      <g aria-hidden="true" dangerouslySetInnerHTML=${{__html: content}} />
    </svg>`;
  } finally {
    view.finalize();
  }
}
