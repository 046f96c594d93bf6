// SPDX-License-Identifier: Apache-2.0
import type {BatchNormTime, KernelMean, KernelTime, ModelMemory, ModelTime, ReplacementTime} from './report.js';

const FIRST = 36;
const COLUMN = 27;

/** Heading of the lines that `layerLine` makes. */
export function layerHeading(title: string, times: readonly KernelTime[]): string {
  const [{shapes, batch, baseline}] = times;
  return `\n${title}, ${shapes}, batch ${batch}\n${line('', [...times.map(({kernel}) => kernel), `TF.js ${baseline}`])}`;
}

/** All kernels on one layer: 10⁹ taps per second, and in brackets time / TF.js's time and its quartiles. */
export function layerLine(times: readonly KernelTime[]): string {
  const [{layer, gigaTaps, milliseconds, baselineMilliseconds}] = times;
  const cells = times.map((time) => {
    const [low, high] = time.spread;
    return `${rate(time.gigaTaps)} (${factor(time.ratio)}, ${factor(low)}–${factor(high)})`;
  });
  return line(layer, [...cells, rate((gigaTaps * milliseconds) / baselineMilliseconds)]);
}

/** Geometric means, a line per set of shapes and kernel. */
export function meansTable(means: readonly KernelMean[]): string {
  const sets = means.filter(({shapes}) => shapes !== 'all');
  const several = new Set(sets.map(({shapes}) => shapes)).size > 1;
  const shown = several ? [...sets, ...means.filter(({shapes}) => shapes === 'all')] : sets;
  const lines = shown.map(({part, shapes, kernel, baseline, layers, ratio, lowest, highest, toConv}) =>
    line(
      `${shapes} (${layers})`,
      [part, kernel, `TF.js ${baseline}`, `${factor(ratio)} (${factor(lowest)}–${factor(highest)})`].concat(
        toConv === undefined ? [] : [toConv.toFixed(2)],
      ),
    ),
  );
  const heading = line('shapes', ['part', 'kernel', 'against', 'ratio (range)', 'to own conv']);
  return `\nGeometric means of time ratios\n${[heading, ...lines].join('\n')}`;
}

/** Milliseconds of forward pass and gradient together, by [rows, channels]; in brackets the ratio to TF.js's time. */
export function batchNormTable(times: readonly BatchNormTime[]): string {
  const lines = times.map(({rows, channels, milliseconds, baselineMilliseconds, ratio}) =>
    line(`[${rows}, ${channels}]`, [`${milliseconds.toFixed(2)} (${factor(ratio)})`, baselineMilliseconds.toFixed(2)]),
  );
  return `\nBatch normalisation in training, forward and gradient\n${[line('', ['ms', 'TF.js, ms']), ...lines].join('\n')}`;
}

/** Milliseconds of kernels that took the place of TF.js's own, with the ratio in brackets, then of TF.js's own. */
export function replacementTable(times: readonly ReplacementTime[]): string {
  const width = Math.max(...times.map(({what}) => what.length)) + 4;
  const lines = times.map(({what, milliseconds, baselineMilliseconds, ratio}) => {
    const cells = [`${milliseconds.toFixed(3)} (${factor(ratio)})`, baselineMilliseconds.toFixed(3)];
    return line(what.padEnd(width), cells);
  });
  return `\nIn the place of TF.js's kernels\n${[line(''.padEnd(width), ['ms', 'TF.js, ms']), ...lines].join('\n')}`;
}

/** Milliseconds and images per second of whole models, with the ratios to the convolution twin and to the model before fusing. */
export function modelTable(times: readonly ModelTime[]): string {
  const lines = times.map(({model, operator, part, batch, milliseconds, imagesPerSecond, ratio, toUnfused}) =>
    line(`${model}, ${part}, batch ${batch}`, [
      operator,
      milliseconds.toFixed(1),
      imagesPerSecond.toFixed(1),
      ratio.toFixed(2),
      toUnfused?.toFixed(2) ?? '',
    ]),
  );
  const heading = line('', ['operator', 'ms', 'images/s', 'to conv', 'to unfused']);
  return `\nWhole models\n${[heading, ...lines].join('\n')}`;
}

/** MiB and tensors that training steps take at most and keep. */
export function memoryTable(entries: readonly ModelMemory[]): string {
  const mebibytes = (bytes: number | undefined): string => (bytes === undefined ? '' : (bytes / 2 ** 20).toFixed(0));
  const lines = entries.map((entry) =>
    line(`${entry.model}, batch ${entry.batch}, ${entry.operator}`, [
      mebibytes(entry.peakTensorBytes),
      mebibytes(entry.peakAllocatedBytes),
      `${mebibytes(entry.heapBytesFirst)} → ${mebibytes(entry.heapBytesLast)}`,
      `${entry.tensorsFirst} → ${entry.tensorsLast}`,
      String(entry.steps),
    ]),
  );
  const heading = line('', ['tensors at peak, MiB', 'with scratch, MiB', 'heap, MiB', 'tensors kept', 'steps']);
  return `\nMemory of training steps: after the first and the last\n${[heading, ...lines].join('\n')}`;
}

function rate(gigaTaps: number): string {
  return gigaTaps.toFixed(gigaTaps < 0.1 ? 3 : 2);
}

function factor(ratio: number): string {
  return ratio.toFixed(ratio < 0.1 ? 3 : 2);
}

function line(first: string, cells: readonly string[]): string {
  return `  ${first.padEnd(FIRST)}${cells.map((cell) => cell.padStart(COLUMN)).join('')}`;
}
