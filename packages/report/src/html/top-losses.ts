// SPDX-License-Identifier: Apache-2.0
import type {EvaluationRecord, TopLoss} from '@addernet/plugin';
import type {VNode} from 'preact';
import {className} from '../confusion.js';
import {formatFixed, formatPercent} from '../format.js';
import {recordedImageUri} from '../png.js';
import {html} from './markup.js';

/** A class's probability in percent, down to '<0.1 %'. */
function probability(value: number): string {
  return value > 0 && value < 0.0005 ? '<0.1\u00a0%' : formatPercent(value, value > 0.9995 || value < 0.0995 ? 1 : 0);
}

function card(
  {image, label, predicted, loss, predictedProbability, labelProbability, index}: TopLoss,
  names: readonly string[],
): VNode {
  const [own, other] = [className(names[label]), className(names[predicted])];
  return html`<li>
    <img
      src=${recordedImageUri(image)}
      width="64"
      height="64"
      alt=${`Test image ${index}: ${own}, taken for ${other}`}
      title=${`Test image ${index}, loss ${formatFixed(loss, 2)} nats`}
    />
    <p><b>${own}</b> ${probability(labelProbability)}</p>
    <p>${label === predicted ? 'found' : 'taken for'} <b>${other}</b> ${probability(predictedProbability)}</p>
    <p class="foot">loss ${formatFixed(loss, 1)}</p>
  </li>`;
}

/** The test images with the highest loss as pictures, with their class and what they were taken for. */
export function topLossGallery({topLosses = [], classNames}: EvaluationRecord): VNode {
  return html`<ul class="gallery">
    ${topLosses.map((top) => card(top, classNames))}
  </ul>`;
}
