// SPDX-License-Identifier: Apache-2.0
import {parseArgs} from 'node:util';
import {benchParts, type PartName} from '../parts.js';
import type {RoundOptions} from '../rounds.js';
import {type ShapeSet, shapeSets} from '../shapes/index.js';

const SECTIONS = ['batch-norm', 'replacements', 'models', 'memory'] as const;
/** What the bench measures besides the kernels of layers. */
export type Section = (typeof SECTIONS)[number];

/** What the command line of a bench says. */
export interface BenchCommand extends Required<RoundOptions> {
  readonly shapes: readonly ShapeSet[];
  readonly parts: readonly PartName[];
  readonly sections: readonly Section[];
  readonly batch: number | undefined;
  readonly quick: boolean;
  readonly filter: string;
  /** Names of the models to measure, of those that the program has. */
  readonly networks: readonly string[];
  /** Training steps of the memory section. */
  readonly steps: number;
  /** Where the report goes. */
  readonly json: string;
}

export const USAGE = `  --quick             small batches and few rounds: a minute or two in place of a quarter to half an hour
  --filter=TEXT       only layers whose set and name contain TEXT, e.g. --filter=resnet20 or --filter=1×1; leaves the other sections out
  --shapes=A,B        ${shapeSets.map(({name}) => name).join(', ')}
  --parts=A,B         ${[...benchParts.map(({name}) => name), ...SECTIONS].join(', ')}
  --networks=A,B      models to measure, of those that the program has (the first)
  --batch=N           images per call, in place of each set's own
  --rounds=N          rounds at most (10; quick: 5)
  --seconds=N         no further round of a layer begins after so many seconds, but three are run (20; quick: 1)
  --steps=N           training steps of the memory section (20; quick: 3)
  --json=FILE         where the report goes (reports/bench.json)`;

/** @throws Error naming the option, what was given and what is valid */
export function readCommand(args: readonly string[], networks: readonly string[]): BenchCommand {
  const {values} = parseArgs({
    args: [...args],
    options: {
      quick: {type: 'boolean', default: false},
      filter: {type: 'string', default: ''},
      shapes: {type: 'string'},
      parts: {type: 'string'},
      networks: {type: 'string'},
      batch: {type: 'string'},
      rounds: {type: 'string'},
      seconds: {type: 'string'},
      steps: {type: 'string'},
      json: {type: 'string', default: 'reports/bench.json'},
    },
  });
  const {quick, filter} = values;
  const partNames = benchParts.map(({name}) => name);
  const parts = chosen('parts', values.parts, [...partNames, ...SECTIONS]);
  const shapeNames = chosen(
    'shapes',
    values.shapes,
    shapeSets.map(({name}) => name),
  );
  const leastRounds = 3;
  return {
    quick,
    filter,
    shapes: shapeSets.filter(({name}) => shapeNames.includes(name)),
    parts: partNames.filter((name) => parts.includes(name)),
    sections: SECTIONS.filter((name) => parts.includes(name) && (filter === '' || values.parts !== undefined)),
    networks: values.networks === undefined ? networks.slice(0, 1) : chosen('networks', values.networks, networks),
    batch: values.batch === undefined ? undefined : atLeastOne('batch', values.batch),
    rounds: atLeastOne('rounds', values.rounds ?? (quick ? '5' : '10')),
    leastRounds,
    budget: 1000 * atLeastOne('seconds', values.seconds ?? (quick ? '1' : '20')),
    steps: atLeastOne('steps', values.steps ?? (quick ? '3' : '20')),
    json: values.json,
  };
}

/**
 * The names of a list such as 'cpu,wasm', in the order of `valid`; all where none is given.
 *
 * @throws Error naming the option, what was given and what is valid
 */
export function chosen<Name extends string>(
  option: string,
  given: string | undefined,
  valid: readonly Name[],
): readonly Name[] {
  const names: readonly string[] = given?.split(',') ?? valid;
  if (names.some((name) => !valid.some((candidate) => candidate === name))) {
    throw new Error(`--${option}=${given ?? ''}: expected some of ${valid.join(', ')}`);
  }
  return valid.filter((name) => names.includes(name));
}

/** @throws Error naming the option and what was given */
export function atLeastOne(option: string, given: string): number {
  const value = Number(given);
  if (!Number.isInteger(value) || value < 1) throw new Error(`--${option}=${given}: expected an integer of at least 1`);
  return value;
}
