// SPDX-License-Identifier: Apache-2.0
/** Pieces of the reports' pages, for pages of other measurements that shall look like them: self-contained, light and dark, without scripts. */
export {renderSvg, type Chart} from './charts/render-svg.js';
export {layerDots, type LayerDot, type LayerDotsOptions} from './charts/layer-dots.js';
export {ABSENT, formatFixed, formatList, formatSignificant, formatTime} from './format.js';
export {operatorKey, scrollable} from './html/elements.js';
export {Counter, figure} from './html/figure.js';
export {html, type Markup} from './html/markup.js';
export {renderShell, type ShellOptions} from './html/shell.js';
export {seriesStyles, type SeriesStyle} from './palette.js';
