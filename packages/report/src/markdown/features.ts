// SPDX-License-Identifier: Apache-2.0
import type {RunSummary} from '@addernet/plugin';
import type {RootContent} from 'mdast';
import {featureFigures} from '../feature-figures.js';
import {FEATURES_FILE} from '../features-reporter.js';
import {heading, list, paragraph} from './nodes.js';

/** The picture that the features reporter writes beside this file, with what it shows; nothing where there is none. */
export function featuresContent(runs: readonly RunSummary[]): readonly RootContent[] {
  const figures = featureFigures(runs);
  if (figures.length === 0) return [];
  const alt = figures.map(({chart}) => chart.title).join('; ');
  return [
    heading(2, 'Features'),
    {type: 'paragraph', children: [{type: 'image', url: FEATURES_FILE, alt}]},
    ...(figures.length === 1
      ? figures.map(({caption}) => paragraph(caption))
      : [list(figures.map(({caption}) => caption))]),
  ];
}
