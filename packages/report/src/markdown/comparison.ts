// SPDX-License-Identifier: Apache-2.0
import type {ExperimentPart} from '@addernet/plugin';
import type {RootContent} from 'mdast';
import {differencesOf} from '../differences.js';
import {ABSENT, formatTime} from '../format.js';
import {heading, paragraph, table} from './nodes.js';

/** Which experiments a comparison is of and in what they differ; nothing for a single experiment. */
export function comparisonContent(parts: readonly ExperimentPart[] | undefined): readonly RootContent[] {
  if (parts === undefined) return [];
  const differences = differencesOf(parts);
  const rows = parts.map(({label, folder, name, environment, runs, startedAt}) => [
    label,
    folder,
    name,
    environment['backend'] ?? ABSENT,
    environment['git.commit'] ?? ABSENT,
    String(runs),
    formatTime(startedAt),
  ]);
  return [
    heading(2, 'Experiments'),
    paragraph(
      'Those with the same letter have the same settings of training and the same environment: their runs are averaged over seeds.',
    ),
    table(
      ['left', 'left', 'left', 'left', 'left', 'right', 'left'],
      [['', 'Folder', 'Experiment', 'Backend', 'Commit', 'Runs', 'Started'], ...rows],
    ),
    ...(differences.length === 0
      ? [paragraph('Their configurations and environments are the same.')]
      : [
          paragraph('Where they differ:'),
          table(
            ['left', ...parts.map(() => 'left' as const)],
            [
              ['What', ...parts.map(({label, folder}) => `${label}: ${folder}`)],
              ...differences.map(({name, values}) => [name, ...values.map((value) => value ?? ABSENT)]),
            ],
          ),
        ]),
  ];
}
