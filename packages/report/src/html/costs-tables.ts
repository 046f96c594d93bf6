// SPDX-License-Identifier: Apache-2.0
import type {VNode} from 'preact';
import {imageEnergy, MEMORY_LEVELS, totalEnergy} from '../accounting/energy.js';
import {intensityOf, type LayerAccount} from '../accounting/model-account.js';
import {accountOf, BATCHES, formsOf, KIND_WORDS, type CostedArchitecture, type CostedModel} from '../costed-models.js';
import {ABSENT, formatCount, formatFixed, formatQuantity} from '../format.js';
import type {SeriesStyle} from '../palette.js';
import {operatorKey, scrollable} from './elements.js';
import {html, type Markup} from './markup.js';

const joules = (picojoule: number): string => formatQuantity(picojoule / 1e12, 'J');

function modelRows(architecture: CostedArchitecture, styles: readonly SeriesStyle[]): Markup {
  const {models} = architecture;
  return models.flatMap((model, modelIndex) =>
    formsOf(model).map((form, formIndex): VNode => {
      const account = accountOf(model, form);
      const isFirst = modelIndex === 0 && formIndex === 0;
      return html`<tr class=${formIndex === 0 ? 'setting' : ''}>
        ${
          isFirst
            ? html`<th
                scope="rowgroup"
                rowspan=${models.reduce((sum, each) => sum + formsOf(each).length, 0)}
                class="name"
              >
                ${architecture.architecture}
              </th>`
            : null
        }
        ${
          formIndex === 0
            ? html`<th scope="rowgroup" rowspan=${formsOf(model).length} class="name">
                ${operatorKey(model.operator, styles)}${model.operator}
              </th>`
            : null
        }
        <td>${form}</td>
        <td class="number">${formatQuantity(account.multiplications, '')}</td>
        <td class="number">${formatQuantity(account.additions, '')}</td>
        <td class="number">${formatCount(account.trainableParameters)}</td>
        <td class="number">${formatQuantity(account.weightBytes, 'B')}</td>
        <td class="number">${formatQuantity(account.activationBytesRead + account.activationBytesWritten, 'B')}</td>
        ${BATCHES.map(
          (batch) => html`<td class="number">${formatFixed(intensityOf(accountOf(model, form, batch)), 1)}</td>`,
        )}
        <td class="number">${joules(account.computePicojoule)}</td>
        ${MEMORY_LEVELS.map((level) => html`<td class="number">${joules(totalEnergy(imageEnergy(account, level)))}</td>`)}
      </tr>`;
    }),
  );
}

/** Every model's costs, plain and fused. */
export function costsTable(
  architectures: readonly CostedArchitecture[],
  styles: readonly SeriesStyle[],
  number: number,
): VNode {
  return scrollable(
    'Table of costs',
    html`<table class="wide" id="costs">
      <caption>
        Table ${number}. What one image costs at inference in float32. Moved: bytes between kernels and memory. Op/B:
        operations per byte moved, for batches of ${BATCHES.join(' and ')}. Energy: arithmetic alone, and with
        everything that is moved charged to one memory.
      </caption>
      <thead>
        <tr>
          <th scope="col">Architecture</th>
          <th scope="col">Operator</th>
          <th scope="col">Form</th>
          <th scope="col" class="number">Multipl.</th>
          <th scope="col" class="number">Additions</th>
          <th scope="col" class="number">Parameters<small>trainable</small></th>
          <th scope="col" class="number">Weights<small>moved</small></th>
          <th scope="col" class="number">Activations<small>moved</small></th>
          ${BATCHES.map((batch) => html`<th scope="col" class="number">Op/B<small>batch ${batch}</small></th>`)}
          <th scope="col" class="number">Energy<small>arithmetic</small></th>
          ${MEMORY_LEVELS.map(({title}) => html`<th scope="col" class="number">Energy<small>with ${title}</small></th>`)}
        </tr>
      </thead>
      ${architectures.map(
        (architecture) =>
          html`<tbody>
            ${modelRows(architecture, styles)}
          </tbody>`,
      )}
    </table>`,
  );
}

function layerRow(layer: LayerAccount, batched: LayerAccount | undefined): VNode {
  const [, dram] = MEMORY_LEVELS;
  const moved = layer.activationBytesRead + layer.activationBytesWritten + layer.weightBytes;
  const known = (text: string): string => (layer.counted ? text : ABSENT);
  return html`<tr>
    <th scope="row" class="name">${layer.layer}</th>
    <td>${layer.operator ?? KIND_WORDS[layer.kind]}</td>
    <td class="number">${layer.outputShape.join('×')}</td>
    <td class="number">${known(formatQuantity(layer.multiplications, ''))}</td>
    <td class="number">${known(formatQuantity(layer.additions, ''))}</td>
    <td class="number">${formatCount(layer.parameters)}</td>
    <td class="number">${formatQuantity(layer.weightBytes, 'B')}</td>
    <td class="number">${formatQuantity(layer.activationBytesRead, 'B')}</td>
    <td class="number">${formatQuantity(layer.activationBytesWritten, 'B')}</td>
    <td class="number">${known(formatFixed(intensityOf(layer), 2))}</td>
    <td class="number">${known(batched ? formatFixed(intensityOf(batched), 2) : ABSENT)}</td>
    <td class="number">${known(joules(layer.computePicojoule))}</td>
    <td class="number">${joules((moved / 8) * dram.picojoulePer64Bits)}</td>
  </tr>`;
}

/** Every layer of a model, to be unfolded. */
export function layersTable(model: CostedModel): VNode {
  const [one, many] = BATCHES.map((batch) => accountOf(model, 'plain', batch));
  const layers = one?.layers ?? [];
  return html`<details class="layers">
    <summary>${model.architecture} with ${model.operator}: ${layers.length} layers</summary>
    ${scrollable(
      `Layers of ${model.architecture} with ${model.operator}`,
      html`<table class="wide">
        <caption>
          One image, float32, a kernel for each layer; energy of DRAM for what the layer moves.
        </caption>
        <thead>
          <tr>
            <th scope="col">Layer</th>
            <th scope="col">Kind</th>
            <th scope="col" class="number">Output</th>
            <th scope="col" class="number">Multipl.</th>
            <th scope="col" class="number">Additions</th>
            <th scope="col" class="number">Parameters<small>all</small></th>
            <th scope="col" class="number">Weights<small>read</small></th>
            <th scope="col" class="number">Activations<small>read</small></th>
            <th scope="col" class="number">Activations<small>written</small></th>
            ${BATCHES.map((batch) => html`<th scope="col" class="number">Op/B<small>batch ${batch}</small></th>`)}
            <th scope="col" class="number">Energy<small>arithmetic</small></th>
            <th scope="col" class="number">Energy<small>DRAM</small></th>
          </tr>
        </thead>
        <tbody>
          ${layers.map((layer, index) => layerRow(layer, many?.layers[index]))}
        </tbody>
      </table>`,
    )}
  </details>`;
}
