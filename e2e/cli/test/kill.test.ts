// SPDX-License-Identifier: Apache-2.0
import {createHash} from 'node:crypto';
import {existsSync, readFileSync, readdirSync} from 'node:fs';
import path from 'node:path';
import {setTimeout as sleep} from 'node:timers/promises';
import {expect, it} from 'vitest';
import {addernet, examples, shellEnvironment, start, temporaryFolder} from './support.js';

/** More by ADDERNET_KILLS. */
const KILLS = Number(process.env.ADDERNET_KILLS ?? (process.env.CI === undefined ? 8 : 50));
const MINUTES = 8;

const folder = temporaryFolder();
const RUN = 'two-moons-all-conv-mini-adder-seed';

/** Small deterministic generator (mulberry32), in [0, 1). */
function generator(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let value = Math.imul(state ^ (state >>> 15), state | 1);
    value ^= value + Math.imul(value ^ (value >>> 7), value | 61);
    return ((value ^ (value >>> 14)) >>> 0) / 4294967296;
  };
}

const begin = (output: string, seed: number) =>
  start(
    process.execPath,
    [
      addernet,
      'run',
      path.join(examples, 'experiment.ts'),
      '--backend=cpu',
      '--operators=adder',
      '--train-samples=160',
      '--test-samples=40',
      '--epochs=12',
      '--checkpoints.steps=1',
      `--seeds=${seed},`,
      `--output=${output}`,
    ],
    {env: shellEnvironment()},
  );

const resume = (run: string) => start(process.execPath, [addernet, 'resume', run], {env: shellEnvironment()});

/** Of the final weights and of all figures but times. */
function fingerprint(run: string, seed: number): string {
  const hash = createHash('sha256').update(readFileSync(path.join(run, RUN + String(seed), 'weights.bin')));
  for (const line of readFileSync(path.join(run, 'metrics.jsonl'), 'utf8').trimEnd().split('\n')) {
    const {
      imagesPerSecond: _rate,
      trainSeconds: _train,
      testSeconds: _test,
      ...figures
    } = JSON.parse(line) as Record<string, unknown>;
    hash.update(JSON.stringify(figures));
  }
  return hash.digest('hex');
}

/** The newest. */
const folderIn = (output: string): string | undefined => {
  const name = existsSync(output) ? readdirSync(output).sort().at(-1) : undefined;
  return name === undefined ? undefined : path.join(output, name);
};

it(
  `ends with the same bits however often it is killed (${KILLS} times SIGKILL at random moments)`,
  {timeout: MINUTES * 60_000},
  async () => {
    const random = generator(20);
    let kills = 0;
    let killsInTraining = 0;
    for (let seed = 0; kills < KILLS; seed++) {
      const output = path.join(folder, `whole-${seed}`);
      const whole = await begin(output, seed).ended;
      expect(whole, whole.stderr).toMatchObject({code: 0});
      const expected = fingerprint(folderIn(output) ?? '', seed);

      const killed = path.join(folder, `killed-${seed}`);
      let current = begin(killed, seed);
      for (let finished = false; !finished;) {
        // Some at any moment from the process's start on, most while it trains and writes.
        if (random() < 0.7) {
          await current.waitFor(/goes on in epoch| 1\/12 /).catch(() => undefined);
          await sleep(random() * 400);
        } else {
          await sleep(random() * 1500);
        }
        if (kills < KILLS && current.child.exitCode === null) {
          if (/goes on in epoch| 1\/12 /.test(current.stdout())) killsInTraining++;
          current.child.kill('SIGKILL');
          kills++;
        }
        const ended = await current.ended;
        const run = folderIn(killed);
        if (ended.signal === null) {
          expect(ended, ended.stderr).toMatchObject({code: 0});
          finished = true;
        } else if (run === undefined || !existsSync(path.join(run, 'experiment.json'))) {
          // Killed before there was anything to go on with.
          current = begin(killed, seed);
        } else {
          current = resume(run);
        }
      }
      expect(fingerprint(folderIn(killed) ?? '', seed)).toBe(expected);
    }
    expect(kills).toBe(KILLS);
    expect(killsInTraining).toBeGreaterThan(KILLS / 4);
  },
);
