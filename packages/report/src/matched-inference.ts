// SPDX-License-Identifier: Apache-2.0
import type {
  ExperimentSummary,
  InferencePart,
  InferenceSummary,
  LayerCosts,
  ModelCosts,
  ModelForm,
  RunSummary,
} from '@addernet/plugin';
import {ABSENT, formatList, formatTime} from './format.js';
import {operatorsOf, placesOf, type Place} from './inference-results.js';

/** Where times come from. */
export interface InferenceSource {
  /** The folder's name, or that the experiment itself took them. */
  readonly name: string;
  /** Name of the experiment that measured them, and its status unless it was finished. */
  readonly experiment: string;
  /** e.g. 'wasm, 2 threads'. */
  readonly backends: string;
  readonly batches: string;
  readonly processor: string;
  readonly commit: string;
  readonly startedAt: string;
}

/** What a report of trained runs shows of measured inference: networks that the runs have. */
export interface MatchedInference {
  readonly places: readonly Place[];
  /** What the others were held against; 'the first' where that differs. */
  readonly baseline: string;
  /** Baseline first. */
  readonly operators: readonly string[];
  readonly sources: readonly InferenceSource[];
  /** What was measured and is not of the runs, and what else must stand beside the times. */
  readonly remarks: readonly string[];
}

const unique = <T>(values: readonly T[]): readonly T[] => [...new Set(values)];

/** The folder, or 'this experiment'; where one measured several kinds of networks, with the datasets that they are for. */
function partName(part: InferencePart, all: readonly InferencePart[]): string {
  const name = part.folder ?? 'this experiment';
  const isAlone = all.filter(({folder}) => folder === part.folder).length === 1;
  return isAlone || part.datasets === undefined ? name : `${name}, ${part.datasets.join(', ')}`;
}

const shapeText = ({outputShape}: LayerCosts): string => outputShape.join('×');

/** Layers of one size have the same inputs, outputs and taps, whatever their operator. */
const sizeOf = ({outputShape, inputElements, taps}: LayerCosts): string =>
  JSON.stringify([outputShape, inputElements, taps]);

const layersOf = (costs: ModelCosts, form: ModelForm): readonly LayerCosts[] =>
  form === 'fused' ? (costs.fusedLayers ?? costs.layers) : costs.layers;

interface NamedPart {
  readonly part: InferencePart;
  readonly name: string;
}

/** A part without what none of the runs has, and what there is to say of that. */
interface Matched {
  readonly summary: InferenceSummary;
  readonly remarks: readonly string[];
}

interface LayerCheck {
  /** Layers, by form and name, of which no run has one of this size. */
  readonly foreign: ReadonlySet<string>;
  readonly known: number;
  /** e.g. 'head.conv (1×1×10 where the runs have 1×1×100)'. */
  readonly differences: readonly string[];
}

const layerKey = (form: ModelForm, layer: string): string => `${form} ${layer}`;

/** Which layers of a measured network are of another size in all the runs, or not there at all. */
function checkLayers(costs: readonly ModelCosts[], runs: readonly ModelCosts[]): LayerCheck {
  const foreign = new Set<string>();
  const differences = new Map<string, string>();
  let known = 0;
  for (const form of ['plain', 'fused'] as const) {
    const own = runs.flatMap((each) => layersOf(each, form));
    for (const layer of costs.flatMap((each) => layersOf(each, form))) {
      const same = own.filter((each) => each.layer === layer.layer);
      if (same.some((each) => sizeOf(each) === sizeOf(layer))) {
        known++;
        continue;
      }
      foreign.add(layerKey(form, layer.layer));
      const theirs = unique(same.map(shapeText)).filter((shape) => shape !== shapeText(layer));
      differences.set(
        layer.layer,
        `${layer.layer} (${shapeText(layer)}${theirs.length === 0 ? '' : ` where the runs have ${formatList(theirs)}`})`,
      );
    }
  }
  return {foreign, known, differences: [...differences.values()]};
}

/** Said at most; the others are counted. */
const NAMED = 3;

const someOf = (names: readonly string[]): string =>
  names.length <= NAMED ? formatList(names) : `${names.slice(0, NAMED).join(', ')} and ${names.length - NAMED} more`;

interface MatchedArchitecture {
  readonly isShown: boolean;
  readonly foreign: ReadonlySet<string>;
  readonly remarks: readonly string[];
}

function matchArchitecture(
  architecture: string,
  {part, name: where}: NamedPart,
  runs: readonly RunSummary[],
): MatchedArchitecture {
  const {models, modelMeasurements, layerMeasurements} = part.summary;
  const none = {isShown: false, foreign: new Set<string>()};
  const own = runs.filter((run) => run.architecture === architecture);
  if (own.length === 0) {
    const trained = formatList(unique(runs.map((run) => run.architecture)));
    return {...none, remarks: [`${where}: ${architecture} was measured, and the runs are of ${trained}: left out.`]};
  }
  const all = [...modelMeasurements, ...layerMeasurements].filter((each) => each.architecture === architecture);
  const remarks: string[] = [];
  const costs = own.flatMap((run) => run.costs ?? []);
  const measured = models.filter((model) => model.architecture === architecture).map((model) => model.costs);
  let foreign: ReadonlySet<string> = new Set<string>();
  if (costs.length === 0) {
    remarks.push(
      `${where}: the runs of ${architecture} do not say how large their layers are; that could not be compared.`,
    );
  } else {
    const check = checkLayers(measured, costs);
    if (check.known === 0) {
      return {
        ...none,
        remarks: [
          `${where}: ${architecture} was measured for other images than the runs’, no layer has their size (${someOf(check.differences)}): left out.`,
        ],
      };
    }
    ({foreign} = check);
    if (foreign.size > 0) {
      remarks.push(
        `${where}: ${architecture} was measured with layers of another size than the runs’: ${someOf(check.differences)}. ` +
          'The layers are left out; the times of the whole network include them.',
      );
    }
  }
  const trained = unique(own.map(({operator}) => operator));
  const operators = unique(
    modelMeasurements.filter((each) => each.architecture === architecture).map((each) => each.operator),
  );
  const further = operators.filter((operator) => !trained.includes(operator));
  const missing = trained.filter((operator) => !operators.includes(operator));
  if (further.length > 0)
    remarks.push(`${where}: ${architecture} with ${formatList(further)} was measured, too, and not trained here.`);
  if (missing.length > 0)
    remarks.push(`${where}: ${architecture} with ${formatList(missing)} was trained and not measured.`);
  const backends = unique(own.map(({backend}) => backend));
  const others = unique(all.map(({backend}) => backend)).filter((backend) => !backends.includes(backend));
  if (others.length > 0) {
    remarks.push(
      `${where}: ${architecture} was measured on ${formatList(others)} and trained on ${formatList(backends)}.`,
    );
  }
  return {isShown: true, foreign, remarks};
}

function matchPart(named: NamedPart, runs: readonly RunSummary[]): Matched {
  const {summary} = named.part;
  const {models, modelMeasurements, layerMeasurements} = summary;
  const architectures = unique(
    [...models, ...modelMeasurements, ...layerMeasurements].map((each) => each.architecture),
  );
  const matched = new Map(architectures.map((name) => [name, matchArchitecture(name, named, runs)]));
  const isShown = ({architecture}: {readonly architecture: string}): boolean =>
    matched.get(architecture)?.isShown ?? false;
  return {
    summary: {
      ...summary,
      models: models.filter(isShown),
      modelMeasurements: modelMeasurements.filter(isShown),
      layerMeasurements: layerMeasurements.filter(
        (each) =>
          isShown(each) &&
          matched.get(each.architecture)?.foreign.has(layerKey(each.form, each.layers[0] ?? '')) !== true,
      ),
    },
    remarks: [...matched.values()].flatMap(({remarks}) => remarks),
  };
}

/** What else must be known of a part's times. */
function provenanceRemarks({part, name: where}: NamedPart, processors: readonly string[]): readonly string[] {
  const {notes, environment} = part.summary;
  const {cpu} = environment;
  return [
    ...(cpu === undefined || processors.length === 0 || processors.includes(cpu)
      ? []
      : [`${where}: measured on another processor (${cpu}) than the runs’ (${formatList(processors)}).`]),
    ...notes.map((note) => `${where}: ${note}`),
  ];
}

function sourceOf({part, name: where}: NamedPart): InferenceSource {
  const {name, status, environment, modelMeasurements, layerMeasurements, startedAt} = part.summary;
  const all = [...modelMeasurements, ...layerMeasurements];
  const backends = unique(all.map(({backend}) => backend)).map((backend) => {
    const threads = environment[`${backend}.threads`] ?? environment['backend.threads'];
    return threads === undefined ? backend : `${backend}, ${threads} ${threads === '1' ? 'thread' : 'threads'}`;
  });
  return {
    name: part.folder === undefined ? `${where}, after its last run` : where,
    experiment: `${name}${status === 'finished' ? '' : `, ${status}`}`,
    backends: backends.length === 0 ? ABSENT : backends.join('; '),
    batches: unique(all.map(({batch}) => batch)).join(', ') || ABSENT,
    processor: environment['cpu'] ?? ABSENT,
    commit: (environment['git.commit'] ?? ABSENT).slice(0, 10),
    startedAt: formatTime(startedAt).replace(' UTC', ''),
  };
}

/** Measured inference as far as it is of the runs; undefined where nothing was measured. */
export function matchedInference(
  summary: Pick<ExperimentSummary, 'runs' | 'inference' | 'environment' | 'parts'>,
): MatchedInference | undefined {
  const {inference = [], runs, environment, parts} = summary;
  if (inference.length === 0) return undefined;
  const environments = parts?.map((part) => part.environment) ?? [environment];
  const processors = unique(environments.flatMap(({cpu}) => cpu ?? []));
  const named = inference.map((part): NamedPart => ({part, name: partName(part, inference)}));
  const matched = named.map((each) => ({...each, ...matchPart(each, runs)}));
  const all = matched.flatMap(({name, summary: own}) => placesOf(own).map((place) => ({place, name})));
  const places = all.map(({place, name}): Place => {
    const twins = all.filter(
      (each) => each.place.architecture === place.architecture && each.place.backend === place.backend,
    );
    return twins.length > 1 ? {...place, source: name} : place;
  });
  const baselines = unique(matched.flatMap(({summary: own}) => operatorsOf(own).slice(0, 1)));
  const [first = ''] = baselines;
  return {
    places,
    baseline: baselines.length > 1 ? 'the first' : first,
    operators: unique(matched.flatMap(({summary: own}) => operatorsOf(own))),
    sources: named.map(sourceOf),
    remarks: matched.flatMap((each) => [...each.remarks, ...provenanceRemarks(each, processors)]),
  };
}
