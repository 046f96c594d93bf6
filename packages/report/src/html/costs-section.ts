// SPDX-License-Identifier: Apache-2.0
import type {MachineRates} from '@addernet/plugin';
import type {VNode} from 'preact';
import {MEMORY_ENERGY_SOURCE} from '../accounting/energy.js';
import {energyChart} from '../charts/energy.js';
import {rooflineChart} from '../charts/roofline.js';
import {BATCHES, COST_METHOD, costSentences, energyMethod, type CostedArchitecture} from '../costed-models.js';
import type {SeriesStyle} from '../palette.js';
import {attainablePoints} from '../roofline-points.js';
import {costsTable, layersTable} from './costs-tables.js';
import {figure, type Counter} from './figure.js';
import {html, type Markup} from './markup.js';

export interface CostsSectionOptions {
  readonly architectures: readonly CostedArchitecture[];
  readonly machine?: MachineRates;
  readonly styles: readonly SeriesStyle[];
  readonly figures: Counter;
  readonly tables: Counter;
}

async function rooflines(architecture: CostedArchitecture, options: CostsSectionOptions): Promise<readonly VNode[]> {
  const {machine, styles, figures} = options;
  if (machine === undefined) return [];
  const drawn: VNode[] = [];
  for (const batch of BATCHES) {
    const chart = rooflineChart({
      title: `Roofline, ${architecture.architecture}, batch ${batch}`,
      subtitle: `${machine.backend} backend, float32, a kernel per layer; as the roofs allow, not measured`,
      machine,
      points: attainablePoints(architecture, machine, batch),
      rates: 'attainable',
      styles,
    });
    if (chart) {
      drawn.push(
        await figure(
          chart,
          figures.next(),
          `Layers of ${architecture.architecture} at batch ${batch}, where the roofs put them. Roofs: ${machine.source}.`,
        ),
      );
    }
  }
  return drawn;
}

async function energy(architecture: CostedArchitecture, {figures}: CostsSectionOptions): Promise<Markup> {
  const chart = energyChart(architecture);
  return chart === undefined
    ? null
    : figure(
        chart,
        figures.next(),
        `Energy of one image in ${architecture.architecture}, split into arithmetic and memory, with all activations and weights in on-chip ` +
          'memory and in DRAM.',
      );
}

/** Operations, traffic, intensity and energy of every model; nothing where no run has costs. */
export async function costsSection(options: CostsSectionOptions): Promise<Markup> {
  const {architectures, styles, tables} = options;
  if (architectures.length === 0) return null;
  const models = architectures.flatMap((architecture) => architecture.models);
  const sentences = architectures.flatMap(costSentences);
  const pictures: VNode[] = [];
  for (const architecture of architectures) {
    const roofs = await rooflines(architecture, options);
    pictures.push(
      html`<div>
        ${roofs.length === 0 ? null : html`<div class="figures">${roofs}</div>`} ${await energy(architecture, options)}
      </div>`,
    );
  }
  return html`<section aria-labelledby="costs-heading">
    <h2 id="costs-heading">Operations, memory and energy</h2>
    ${
      sentences.length === 0
        ? null
        : html`<ul>
            ${sentences.map((sentence) => html`<li>${sentence}</li>`)}
          </ul>`
    }
    ${costsTable(architectures, styles, tables.next())}
    <p class="foot">${COST_METHOD}</p>
    <p class="foot">${energyMethod(models, MEMORY_ENERGY_SOURCE)}</p>
    ${models.map(layersTable)} ${pictures}
  </section>`;
}
