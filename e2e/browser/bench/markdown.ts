// SPDX-License-Identifier: Apache-2.0
import {ABSENT, formatSignificant, formatTime} from '@addernet/report/page';
import {type BrowserBenchReport, METHOD, partText, rangeText, ratioText, sentences, softwareWarning} from './report.ts';
import {TITLE} from './page.ts';

/** Columns whose names end in ':' are of numbers. */
function table(columns: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]): string =>
    `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`;
  return [
    line(columns.map((name) => name.replace(/:$/u, ''))),
    line(columns.map((name) => (name.endsWith(':') ? '--:' : ':--'))),
    ...rows.map(line),
  ].join('\n');
}

/** The results for a repository: means, every layer, and what ran. */
export function renderBenchMarkdown(report: BrowserBenchReport): string {
  const {browser, machine, date, commit, batch, rounds, shapes, settings} = report;
  const warning = softwareWarning(report);
  const found = sentences(report);
  const measured = settings.filter(({kernels}) => kernels.length > 0);
  const blocks = [
    `# ${TITLE}`,
    `${browser} on ${machine.processor}, ${machine.cores} cores, load average ${machine.load.toFixed(1)}; ${formatTime(date)}` +
      `${commit === undefined ? '' : `, commit ${commit}`}; ${shapes.join(', ')}, batch ${batch}, up to ${rounds} rounds.`,
    ...(warning === undefined ? [] : [`> **${warning}**`]),
    'The time of TensorFlow.js’s kernel is 1; geometric means over the layers:',
    found.map((sentence) => `- ${sentence}`).join('\n'),
    table(
      ['Backend', 'Kernel', 'Part', 'Against', 'Layers:', 'Ratio:', 'Range:', 'Over own conv:'],
      measured.flatMap(({name, means}) =>
        means
          .filter((mean) => mean.shapes !== 'all')
          .map((mean) => [
            ...[name, mean.kernel, partText(mean.part), mean.baseline, String(mean.layers)],
            ...[mean.ratio.toFixed(2), rangeText([mean.lowest, mean.highest])],
            mean.toConv?.toFixed(2) ?? ABSENT,
          ]),
      ),
    ),
    METHOD,
    ...measured.flatMap(({name, kernels}) => [
      `## ${name}`,
      table(
        ['Layer', 'Part', 'Kernel', 'ms:', 'TF.js’s', 'ms:', 'Ratio:'],
        kernels.map((time) => [
          ...[time.layer, partText(time.part), time.kernel, formatSignificant(time.milliseconds)],
          ...[time.baseline, formatSignificant(time.baselineMilliseconds), ratioText(time)],
        ]),
      ),
    ]),
    '## What ran',
    table(
      ['Backend', 'Environment'],
      settings.map(({name, environment, failure}) => [
        name,
        [
          ...Object.entries(environment).map(([key, value]) => `${key} ${value}`),
          ...(failure === undefined ? [] : [`not measured to the end: ${failure}`]),
        ].join(', '),
      ]),
    ),
  ];
  return `${blocks.join('\n\n')}\n`;
}
