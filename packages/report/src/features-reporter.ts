// SPDX-License-Identifier: Apache-2.0
import type {ExperimentSummary, Reporter} from '@addernet/plugin';
import {renderSheet} from './charts/render-sheet.js';
import {featureFigures} from './feature-figures.js';

export const FEATURES_FILE = 'features.svg';

/** The pictures of all runs' features as one SVG document; undefined where there are none. */
export async function renderFeatures({name, runs}: ExperimentSummary): Promise<string | undefined> {
  const figures = featureFigures(runs);
  return figures.length === 0
    ? undefined
    : renderSheet(
        figures.map(({chart}) => chart),
        `Features of experiment ${name}`,
      );
}

/** Writes features.svg where features were asked for. */
export const featuresReporter: Reporter = {name: 'features', fileName: FEATURES_FILE, render: renderFeatures};
