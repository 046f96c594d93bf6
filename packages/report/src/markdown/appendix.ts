// SPDX-License-Identifier: Apache-2.0
import type {ExperimentSummary} from '@addernet/plugin';
import type {RootContent} from 'mdast';
import {code, heading, paragraph, table} from './nodes.js';

/** How an experiment was made: environment (commit included) and configuration. */
export function appendixContent({
  environment,
  config,
}: Pick<ExperimentSummary, 'environment' | 'config'>): readonly RootContent[] {
  const entries = Object.entries(environment);
  return [
    heading(2, 'Environment'),
    entries.length === 0 ? paragraph('Not recorded.') : table(['left', 'left'], [['What', 'Value'], ...entries]),
    heading(2, 'Configuration'),
    code(JSON.stringify(config, null, 2) ?? 'not recorded', 'json'),
  ];
}
