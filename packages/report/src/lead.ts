// SPDX-License-Identifier: Apache-2.0
import {accuracyDigits, epochCount, formatFixed, formatList, formatPercent, formatSpeed} from './format.js';
import {dataLabel, testImagesPhrase, trainImagesPhrase} from './provenance.js';
import {epochsText, resultName, statusText, type OperatorResult, type Results, type Setting} from './results.js';
import {differenceError, type DifferenceError} from './statistics.js';

/** e.g. 'adder and conv on CIFAR-100'. Names the data by its provenance, never by the experiment's or the adapter's name. */
export function headline({operators, groups}: Results): string {
  if (operators.length === 0) {
    return 'No runs';
  }
  const labels = [...new Set(groups.map(({data}) => dataLabel(data)))];
  const runs = groups.flatMap(({settings}) =>
    settings.flatMap(({results}) => results.flatMap((result) => result.runs)),
  );
  const recipes = new Set(runs.map(({recipe}) => recipe?.name));
  const parts = new Set(runs.map(({part}) => part));
  // A series is an operator by a recipe, or of an experiment, where there are several.
  const names = recipes.size > 1 || parts.size > 1 ? [...new Set(runs.map(({operator}) => operator))] : operators;
  const subject =
    (names.length > 4 ? `${names.length} operators` : formatList(names)) +
    (recipes.size > 1 ? ` by ${recipes.size} recipes` : '');
  return `${subject} on ${labels.join('; ')}`;
}

/** What was found on one kind of data, in words. */
export interface Lead {
  /** Names the data; the sentences continue it. */
  readonly intro: string;
  readonly sentences: readonly string[];
  /** What ± means in them. */
  readonly footnote?: string;
}

/** e.g. 'resnet20 with adder'. */
function subject(setting: Setting, result: OperatorResult): string {
  return `${setting.architecture} with ${resultName(result)}`;
}

function isUsable(result: OperatorResult): boolean {
  return result.complete && result.top1 !== undefined && Number.isFinite(result.top1.mean);
}

function unusableSentence(setting: Setting, result: OperatorResult): string {
  const name = subject(setting, result);
  if (result.complete) {
    return `${name} ended with a non-finite accuracy.`;
  }
  const epochs = `${epochsText(result, setting.epochsPlanned)} epochs`;
  return `${name} has no finished run (${statusText(result.runs)}; ${epochs}), so it is not compared.`;
}

/** What the mean over the others leaves out. */
function divergedClause({runs}: OperatorResult): string {
  const diverged = runs.filter(({status}) => status === 'diverged').length;
  return diverged === 0 ? '' : `; ${diverged} of ${runs.length} runs diverged`;
}

function speedClause({imagesPerSecond}: OperatorResult, baseline: OperatorResult): string {
  const [own, reference] = [imagesPerSecond?.mean ?? NaN, baseline.imagesPerSecond?.mean ?? NaN];
  if (!Number.isFinite(own) || !(reference > 0)) {
    return '';
  }
  const ratio = formatFixed(own / reference, 2);
  return `, and trains at ${ratio} × its images/s (${formatSpeed(own)} against ${formatSpeed(reference)})`;
}

/** What was found of one operator, with the source of the error given behind the ±. */
interface Finding {
  readonly sentence: string;
  readonly errorSource?: DifferenceError['source'];
}

function comparison(setting: Setting, result: OperatorResult, baseline: OperatorResult): Finding {
  const {top1} = result;
  const reference = baseline.top1;
  if (!top1 || !reference || !isUsable(result)) {
    return {sentence: unusableSentence(setting, result)};
  }
  const digits = accuracyDigits(setting.data.testImages);
  const error = differenceError(top1, reference, setting.data.testImages);
  const points = (top1.mean - reference.mean) * 100;
  const rounded = formatFixed(Math.abs(points), digits);
  const margin = error ? ` ± ${formatFixed(error.standardError * 100, digits)}` : '';
  const side = points < 0 ? 'below' : 'above';
  const relation = Number(rounded) === 0 ? 'from' : side;
  const other = `${resultName(baseline)} (${formatPercent(reference.mean, digits)})`;
  return {
    sentence:
      `${subject(setting, result)} reaches ${formatPercent(top1.mean, digits)} top-1 after ${epochCount(setting.epochsPlanned)}, ` +
      `${rounded}${margin} percentage points ${relation} ${other}${speedClause(result, baseline)}${divergedClause(result)}.`,
    errorSource: error?.source,
  };
}

function absolute(setting: Setting, result: OperatorResult): Finding {
  const {top1, imagesPerSecond} = result;
  if (!top1 || !isUsable(result)) {
    return {sentence: unusableSentence(setting, result)};
  }
  const accuracy = formatPercent(top1.mean, accuracyDigits(setting.data.testImages));
  const seeds = top1.count > 1 ? ` (mean of ${top1.count} seeds)` : '';
  const speed = imagesPerSecond ? `, training ${formatSpeed(imagesPerSecond.mean)} images/s` : '';
  const epochs = epochCount(setting.epochsPlanned);
  return {
    sentence: `${subject(setting, result)} reaches ${accuracy} top-1${seeds} after ${epochs}${speed}${divergedClause(result)}.`,
  };
}

function findingsOf(setting: Setting, baselineName: string | undefined): readonly Finding[] {
  const baseline = setting.results.find(({operator}) => operator === baselineName);
  const others = setting.results.filter((result) => result !== baseline);
  return baseline && isUsable(baseline) && others.length > 0
    ? others.map((result) => comparison(setting, result, baseline))
    : setting.results.map((result) => absolute(setting, result));
}

const ERROR_SOURCES = {
  seeds: 'where both have several seeds, from the spread over these',
  'test-images': 'for single seeds, from the number of test images alone (the spread over seeds is then not known)',
} as const satisfies Record<DifferenceError['source'], string>;

/** For each kind of data, each operator against the baseline, or alone where there is nothing finished to compare with. */
export function leads({groups, baseline}: Results): readonly Lead[] {
  return groups.map(({data, settings}) => {
    const backends = formatList([...new Set(settings.map(({backend}) => backend))]);
    const findings = settings.flatMap((setting) => findingsOf(setting, baseline));
    const sources = new Set(findings.flatMap(({errorSource}) => (errorSource ? [ERROR_SOURCES[errorSource]] : [])));
    return {
      intro: `On ${dataLabel(data)} (${trainImagesPhrase(data)}, ${testImagesPhrase(data)}; ${backends} backend):`,
      sentences: findings.map(({sentence}) => sentence),
      ...(sources.size > 0 ? {footnote: `± is the standard error of the difference: ${[...sources].join('; ')}.`} : {}),
    };
  });
}
