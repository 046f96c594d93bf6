// SPDX-License-Identifier: Apache-2.0
import type {LayerKind} from '@addernet/plugin';
import type {VNode} from 'preact';
import {KIND_WORDS} from '../costed-models.js';
import {ABSENT, formatFixed, formatQuantity, formatSpeed} from '../format.js';
import {
  layerIntensity,
  type BatchResults,
  type MeasuredLayer,
  type MeasuredWhole,
  type Place,
  type TimeByKind,
} from '../inference-results.js';
import {layerName, milliseconds, placeName, quartiles, ratioText} from '../inference-text.js';
import type {SeriesStyle} from '../palette.js';
import {operatorKey, scrollable} from './elements.js';
import {html} from './markup.js';

const percent = (fraction: number): string => `${formatFixed(100 * fraction, 0)}\u00a0%`;

function modelRow(
  {measurement, roofSeconds}: MeasuredWhole,
  batch: number,
  styles: readonly SeriesStyle[],
  isFirst: boolean,
): VNode {
  const {operator, form, times, relative, relativeToPlain} = measurement;
  return html`<tr class=${isFirst ? 'setting' : ''}>
    <th scope="row" class="name">${operatorKey(operator, styles)}${operator}</th>
    <td>${form}</td>
    <td class="number">${milliseconds(times.median)}</td>
    <td class="number">${quartiles(times)}</td>
    <td class="number">${milliseconds(times.cpuMedian)}</td>
    <td class="number">${formatSpeed(batch / times.median)}</td>
    <td class="number">${relative === undefined ? ABSENT : ratioText(relative)}</td>
    <td class="number">${relative === undefined ? ABSENT : formatFixed(relative.cpuMedian, 2)}</td>
    <td class="number">${relativeToPlain === undefined ? ABSENT : ratioText(relativeToPlain)}</td>
    <td class="number">${roofSeconds === undefined ? ABSENT : milliseconds(roofSeconds)}</td>
    <td class="number">${times.samples}</td>
  </tr>`;
}

/** Whole models, by architecture, backend and batch size. */
export function modelTimesTable(
  places: readonly Place[],
  baseline: string,
  styles: readonly SeriesStyle[],
  number: number,
): VNode {
  return scrollable(
    'Table of times of whole models',
    html`<table class="wide" id="models">
      <caption>
        Table ${number}. The forward pass of whole networks: milliseconds per call, and images per second at the median.
        Plain: layer by layer, as trained. Fused: batch normalisation, additions and ReLU within the layers before them.
      </caption>
      <thead>
        <tr>
          <th scope="col">Operator</th>
          <th scope="col">Form</th>
          <th scope="col" class="number">Time<small>ms, median</small></th>
          <th scope="col" class="number">Quartiles<small>ms</small></th>
          <th scope="col" class="number">Processor<small>ms</small></th>
          <th scope="col" class="number">Images/s</th>
          <th scope="col" class="number">Over ${baseline}<small>same form</small></th>
          <th scope="col" class="number">Over ${baseline}<small>processor</small></th>
          <th scope="col" class="number">Over plain<small>same operator</small></th>
          <th scope="col" class="number">Roof<small>ms</small></th>
          <th scope="col" class="number">Samples</th>
        </tr>
      </thead>
      ${places.flatMap((place) =>
        place.batches
          .filter(({models}) => models.length > 0)
          .map(
            ({batch, models}) =>
              html`<tbody>
                <tr class="group">
                  <th scope="rowgroup" colspan="11">${placeName(place)} · batch ${batch}</th>
                </tr>
                ${models.map((model, index) => modelRow(model, batch, styles, index === 0))}
              </tbody>`,
          ),
      )}
    </table>`,
  );
}

function layerRow(layer: MeasuredLayer, styles: readonly SeriesStyle[]): VNode {
  const {measurement, account, rate, ofRoof} = layer;
  const {kind, operator, form, times, relative} = measurement;
  const intensity = layerIntensity(layer);
  return html`<tr>
    <th scope="row" class="name" title=${measurement.layers.join(', ')}>${layerName(layer)}</th>
    <td>${form}</td>
    <td>${operator === undefined ? KIND_WORDS[kind] : html`${operatorKey(operator, styles)}${operator}`}</td>
    <td class="number">${account === undefined ? ABSENT : account.outputShape.join('×')}</td>
    <td class="number">${milliseconds(times.median)}</td>
    <td class="number">${quartiles(times)}</td>
    <td class="number">${relative === undefined ? ABSENT : ratioText(relative)}</td>
    <td class="number">${rate === undefined ? ABSENT : formatQuantity(rate, 'op/s')}</td>
    <td class="number">${intensity === undefined ? ABSENT : formatFixed(intensity, 2)}</td>
    <td class="number">${ofRoof === undefined ? ABSENT : percent(ofRoof)}</td>
  </tr>`;
}

/** Every kind of layer of an architecture at one batch size, to be unfolded. */
export function layerTimesTable(
  place: Place,
  {batch, layers}: BatchResults,
  baseline: string,
  styles: readonly SeriesStyle[],
): VNode {
  const title = `${placeName(place)}, batch ${batch}`;
  return html`<details class="layers">
    <summary>${title}: times of ${layers.length} kinds of layers</summary>
    ${scrollable(
      `Times of layers of ${title}`,
      html`<table class="wide">
        <caption>
          Milliseconds of one call of one such layer, by itself. ×: how many of the network’s layers are alike.
        </caption>
        <thead>
          <tr>
            <th scope="col">Layer</th>
            <th scope="col">Form</th>
            <th scope="col">Kind</th>
            <th scope="col" class="number">Output</th>
            <th scope="col" class="number">Time<small>ms, median</small></th>
            <th scope="col" class="number">Quartiles<small>ms</small></th>
            <th scope="col" class="number">Over ${baseline}</th>
            <th scope="col" class="number">Rate</th>
            <th scope="col" class="number">Op/B</th>
            <th scope="col" class="number">Of the roof</th>
          </tr>
        </thead>
        <tbody>
          ${layers.map((layer) => layerRow(layer, styles))}
        </tbody>
      </table>`,
    )}
  </details>`;
}

const shareOf = (times: TimeByKind, kind: LayerKind): string => {
  const seconds = times.byKind.get(kind);
  return seconds === undefined ? ABSENT : `${milliseconds(seconds)} (${percent(seconds / times.sum)})`;
};

/** Kinds of layers that any of the models has, in the order of their names' table. */
function kindsIn(places: readonly Place[]): readonly LayerKind[] {
  const kinds: readonly LayerKind[] = ['operator', 'batch-normalization', 'activation', 'addition', 'pooling', 'other'];
  const present = new Set(
    places.flatMap(({batches}) => batches.flatMap(({times}) => times.flatMap(({byKind}) => [...byKind.keys()]))),
  );
  return kinds.filter((kind) => present.has(kind));
}

/** Where the time goes: the layers' own times, each as often as the network has it. */
export function timesByKindTable(places: readonly Place[], styles: readonly SeriesStyle[], number: number): VNode {
  const kinds = kindsIn(places);
  return scrollable(
    'Table of times by kind of layer',
    html`<table class="wide" id="kinds">
      <caption>
        Table ${number}. Where the time goes: milliseconds of the layers by themselves, each as often as the network has
        it, and their share; then the network as a whole, which also takes and frees memory between layers and finds
        other data in the caches.
      </caption>
      <thead>
        <tr>
          <th scope="col">Operator</th>
          <th scope="col">Form</th>
          ${kinds.map((kind) => html`<th scope="col" class="number">${KIND_WORDS[kind]}</th>`)}
          <th scope="col" class="number">Sum<small>ms</small></th>
          <th scope="col" class="number">Network<small>ms</small></th>
        </tr>
      </thead>
      ${places.flatMap((place) =>
        place.batches
          .filter(({times}) => times.length > 0)
          .map(
            ({batch, times}) =>
              html`<tbody>
                <tr class="group">
                  <th scope="rowgroup" colspan=${kinds.length + 4}>${placeName(place)} · batch ${batch}</th>
                </tr>
                ${times.map(
                  (each, index) =>
                    html`<tr class=${index === 0 ? 'setting' : ''}>
                      <th scope="row" class="name">${operatorKey(each.operator, styles)}${each.operator}</th>
                      <td>${each.form}</td>
                      ${kinds.map((kind) => html`<td class="number">${shareOf(each, kind)}</td>`)}
                      <td class="number">${milliseconds(each.sum)}</td>
                      <td class="number">${milliseconds(each.whole)}</td>
                    </tr>`,
                )}
              </tbody>`,
          ),
      )}
    </table>`,
  );
}
