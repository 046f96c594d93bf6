// SPDX-License-Identifier: Apache-2.0
import {BACKGROUND, CHART_SHADES, HEAT_COLORS, NEUTRAL} from '../palette.js';

/** Charts carry the colours of paper as attributes; on a dark screen these rules win over the attributes. */
export function darkCharts(): string {
  return CHART_SHADES.flatMap(({light, dark}) =>
    ['fill', 'stroke'].map((property) => `.chart [${property}="${light}"]{${property}:${dark}}`),
  ).join('\n');
}

/** Of a table's cell with all of its row's images. */
const HEAT = HEAT_COLORS.at(-1) ?? HEAT_COLORS[0];

/** The page's style sheet. Print is always light. */
export const STYLE = `
:root{color-scheme:light dark;
--paper:${BACKGROUND.light};--ink:${NEUTRAL.ink.light};--muted:${NEUTRAL.muted.light};--line:${NEUTRAL.axis.light};--hair:${NEUTRAL.grid.light};
--warn-paper:#fff4e0;--warn-ink:#6b3d00;--warn-line:#d98e1f;--bad:#a3261b;--heat:${HEAT.light}}
@media screen and (prefers-color-scheme:dark){
:root{--paper:${BACKGROUND.dark};--ink:${NEUTRAL.ink.dark};--muted:${NEUTRAL.muted.dark};--line:${NEUTRAL.axis.dark};--hair:${NEUTRAL.grid.dark};
--warn-paper:#33260f;--warn-ink:#ffd699;--warn-line:#b9791a;--bad:#ff9d92;--heat:${HEAT.dark}}
${darkCharts()}
.heat.half{color:var(--paper)}
}
*{box-sizing:border-box}
body{margin:0 auto;padding:2.5rem 1.5rem 3rem;max-width:72rem;background:var(--paper);color:var(--ink);
font:16px/1.5 Helvetica,Arial,"Liberation Sans",sans-serif;overflow-wrap:anywhere}
h1{font-size:1.75rem;line-height:1.2;margin:0 0 .4rem;text-wrap:balance}
h2{font-size:1.2rem;line-height:1.3;margin:2.5rem 0 .6rem}
h3{font-size:1rem;margin:1.6rem 0 .4rem}
p,ul,li{max-width:46rem}
p,ul{margin:.5rem 0}
ul{padding-left:1.2rem}
li+li{margin-top:.3rem}
.meta,figcaption,caption,footer,.foot{color:var(--muted);font-size:.875rem}
.data{background:var(--warn-paper);color:var(--warn-ink);border-left:4px solid var(--warn-line);padding:.6rem .9rem;margin:1rem 0;max-width:none}
.data p{margin:0;max-width:none}
.mark{background:var(--warn-paper);color:var(--warn-ink);border:1px solid var(--warn-line);border-radius:3px;padding:0 .35em;font-size:.8em;font-weight:600;white-space:nowrap}
.scroll{overflow-x:auto;margin:.8rem 0}
.scroll:focus-visible{outline:2px solid var(--line);outline-offset:2px}
table{border-collapse:collapse;font-size:.875rem;font-variant-numeric:tabular-nums;border-top:2px solid var(--ink);border-bottom:2px solid var(--ink)}
table.wide{width:100%}
caption{text-align:left;caption-side:top;padding:0 0 .5rem;max-width:min(100%,calc(100vw - 3rem))}
th,td{padding:.35rem .55rem;text-align:left;vertical-align:top;font-weight:normal;overflow-wrap:normal}
thead th{font-weight:600;vertical-align:bottom;border-bottom:1px solid var(--ink)}
th small,td small{display:block;font-weight:normal;color:var(--muted);font-size:.85em}
tbody+tbody tr:first-child>*{border-top:1px solid var(--line)}
tr.group th{font-weight:600;padding-top:.6rem}
tr+tr.setting>*{border-top:1px solid var(--hair)}
tr.group+tr.setting>*{border-top:0}
.number{text-align:right;white-space:nowrap}
.id{min-width:13.5rem}
.name{max-width:18rem;overflow-wrap:break-word}
.bad{color:var(--bad);font-weight:600}
.figures{display:grid;grid-template-columns:repeat(auto-fit,minmax(min(100%,26rem),1fr));gap:1.5rem 2rem;margin:.8rem 0}
figure{margin:1rem 0}
.figures figure{margin:0}
.figures .chart{width:100%}
.chart{display:block;max-width:100%;height:auto}
.chart.key{display:inline-block;width:.65em;height:.65em;margin-right:.45em}
figcaption{margin-top:.4rem;max-width:46rem}
table.confusion{border-top:0;border-bottom:0;font-size:.75rem}
table.confusion th,table.confusion td{padding:.1rem .15rem;line-height:1.2}
table.confusion tbody th{text-align:right;white-space:nowrap;padding-right:.4rem}
table.confusion thead th{border-bottom:0}
.turned{vertical-align:bottom;height:1px}
.turned span{writing-mode:vertical-rl;transform:rotate(180deg);white-space:nowrap;font-weight:normal;max-height:14rem}
.heat{background:color-mix(in srgb,var(--heat) calc(var(--share)*100%),var(--paper));text-align:center;min-width:1.7rem;border:1px solid var(--hair)}
.heat.full{color:var(--paper)}
.gallery{list-style:none;padding:0;max-width:none;display:grid;grid-template-columns:repeat(auto-fill,minmax(7.6rem,1fr));gap:.9rem .8rem}
.gallery li{margin:0;font-size:.8125rem;line-height:1.3}
.gallery img{display:block;image-rendering:pixelated;width:4.5rem;height:4.5rem;object-fit:contain;margin-bottom:.3rem}
.gallery p{margin:0}
img.filters{display:block;image-rendering:pixelated;max-width:100%;height:auto}
h4{font-size:.9375rem;margin:1.4rem 0 .2rem}
pre{font:.8125rem/1.45 ui-monospace,"DejaVu Sans Mono",Menlo,Consolas,monospace;white-space:pre-wrap;overflow-wrap:anywhere;
border:1px solid var(--hair);padding:.7rem .9rem;margin:.5rem 0;tab-size:2}
code{font:.9em ui-monospace,"DejaVu Sans Mono",Menlo,Consolas,monospace}
details{margin:.6rem 0;border-top:1px solid var(--hair);padding-top:.5rem}
summary{cursor:pointer;font-weight:600}
dl{margin:.5rem 0}
dt{font-weight:600}
dd{margin:0 0 .8rem}
footer{margin-top:3rem;border-top:1px solid var(--hair);padding-top:.8rem}
@media print{
@page{size:A4;margin:14mm}
body{padding:0;max-width:none;font-size:10pt}
h1{font-size:16pt}h2{font-size:12pt;margin-top:1.4rem}h3{font-size:10.5pt}
h2,h3,dt{break-after:avoid}
.meta,figcaption,caption,.foot,footer{font-size:8pt}
caption{max-width:none}
figure,tr,.data{break-inside:avoid}
.scroll{overflow:visible}
table{font-size:7.5pt}
th,td{padding:.2rem .32rem}
.id{min-width:0}
.figures{grid-template-columns:1fr 1fr;gap:1rem}
.screen{display:none}
tr,li,h4,.confusion,.losses{break-inside:avoid}h4{break-after:avoid}
.gallery{grid-template-columns:repeat(8,1fr)}
.gallery li,.gallery .foot{font-size:7pt}
.mark,.data,.key,.heat{print-color-adjust:exact;-webkit-print-color-adjust:exact}
details::details-content{content-visibility:visible;block-size:auto}
pre{font-size:7.5pt;border:0;padding:0}
}
`;
