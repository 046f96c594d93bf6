// SPDX-License-Identifier: Apache-2.0
import {benchParts, type PartName, type ShapeSet, shapeSets} from '@addernet/conformance/bench';
import {atLeastOne, chosen} from '@addernet/conformance/bench/node';
import {availableParallelism} from 'node:os';
import {parseArgs} from 'node:util';
import {SETTING_NAMES, type SettingName} from './settings.ts';

/** What the command line says. */
export interface BrowserBenchCommand {
  readonly help: boolean;
  readonly backends: readonly SettingName[];
  readonly shapes: readonly ShapeSet[];
  readonly parts: readonly PartName[];
  readonly filter: string;
  readonly variants: boolean;
  readonly batch: number;
  readonly rounds: number;
  /** ms, of a part of a layer. */
  readonly budget: number;
  readonly threads: number;
  readonly json: string;
  readonly html: string;
  readonly markdown: string | undefined;
}

const PARTS = benchParts.map(({name}) => name);
const SETS = shapeSets.map(({name}) => name);

export const USAGE = `Addernet's kernels against TensorFlow.js's own, on every backend in Chromium

    npx nx run e2e-browser:bench -- --backends=wasm,webgl --filter=3×3 --rounds=5

  --backends=A,B      ${SETTING_NAMES.join(', ')}
  --shapes=A,B        ${SETS.join(', ')} (resnet20)
  --parts=A,B         ${PARTS.join(', ')}
  --filter=TEXT       only layers whose set and name contain TEXT, e.g. --filter=1×1
  --variants          the adder's other gradients too: sign, full-precision
  --batch=N           images per call (2)
  --rounds=N          rounds at most (7)
  --seconds=N         no further round of a part of a layer begins after so many seconds, but three are run (3)
  --threads=N         threads of wasm-threads (one for each processor core)
  --json=FILE         where the numbers go (reports/bench.json)
  --html=FILE         where the page goes (reports/bench.html)
  --markdown=FILE     where the tables go, if they are wanted

$CHROMIUM_PATH names another Chromium. WebGL and WebGPU run in software (SwiftShader), the same on every machine: the report says so.`;

/** @throws Error naming the option, what was given and what is valid */
export function readCommand(args: readonly string[]): BrowserBenchCommand {
  const {values} = parseArgs({
    args: [...args],
    options: {
      help: {type: 'boolean', default: false},
      backends: {type: 'string'},
      shapes: {type: 'string', default: 'resnet20'},
      parts: {type: 'string'},
      filter: {type: 'string', default: ''},
      variants: {type: 'boolean', default: false},
      batch: {type: 'string', default: '2'},
      rounds: {type: 'string', default: '7'},
      seconds: {type: 'string', default: '3'},
      threads: {type: 'string', default: String(availableParallelism())},
      json: {type: 'string', default: 'reports/bench.json'},
      html: {type: 'string', default: 'reports/bench.html'},
      markdown: {type: 'string'},
    },
  });
  const sets = chosen('shapes', values.shapes, SETS);
  return {
    help: values.help,
    backends: chosen('backends', values.backends, SETTING_NAMES),
    shapes: shapeSets.filter(({name}) => sets.includes(name)),
    parts: chosen('parts', values.parts, PARTS),
    filter: values.filter,
    variants: values.variants,
    batch: atLeastOne('batch', values.batch),
    rounds: atLeastOne('rounds', values.rounds),
    budget: 1000 * atLeastOne('seconds', values.seconds),
    threads: atLeastOne('threads', values.threads),
    json: values.json,
    html: values.html,
    markdown: values.markdown,
  };
}
