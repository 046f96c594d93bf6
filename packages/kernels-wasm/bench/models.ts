// SPDX-License-Identifier: Apache-2.0
import {median, type ModelTime, timeInRounds, timeRatio} from '@addernet/conformance/bench';
import type {BenchCommand} from '@addernet/conformance/bench/node';
import {makeNetwork, type NetworkName, NETWORKS, OPERATORS} from './networks.js';
import {printProfile} from './step-profile.js';

/** What is timed of a network, and what its time is compared with. */
interface Candidate {
  readonly operator: string;
  readonly part: ModelTime['part'];
  readonly run: () => void;
}

/** A network as adder and as convolution: inference with one image and with a batch, as trained and fused, and training steps. */
export async function benchModel(
  name: NetworkName,
  command: BenchCommand,
  progress: (what: string) => void,
): Promise<ModelTime[]> {
  const batch = command.batch ?? (command.quick ? Math.ceil(NETWORKS[name].batch / 8) : NETWORKS[name].batch);
  const results: ModelTime[] = [];
  for (const size of new Set([1, batch])) {
    const networks = OPERATORS.map((operator) => makeNetwork(name, operator, size));
    const fused = await Promise.all(networks.map((network) => network.fuse()));
    const time = (candidates: readonly Candidate[]): void => {
      progress(`${name}, ${candidates[0].part}, batch ${size}`);
      // One image takes some milliseconds: many rounds cost little.
      const rounds = size === 1 ? 10 * command.rounds : command.rounds;
      results.push(...timeCandidates(candidates, name, size, {...command, rounds}));
    };
    time([
      ...networks.map(({operator, inference: run}) => ({operator, part: 'inference', run}) as const),
      ...fused.map(({inference: run}, at) => ({operator: OPERATORS[at], part: 'fused inference', run}) as const),
    ]);
    for (const form of fused) form.dispose();
    if (size === batch) {
      time(networks.map(({operator, step: run}) => ({operator, part: 'training step', run})));
      progress('kernels of a training step');
      for (const network of networks) printProfile(network, command.quick ? 1 : 3);
    }
    for (const network of networks) network.dispose();
  }
  return results;
}

/** Each candidate's time, compared with the convolution's in the same part, and of a fused form with the other one's. */
function timeCandidates(
  candidates: readonly Candidate[],
  model: NetworkName,
  batch: number,
  options: BenchCommand,
): ModelTime[] {
  const times = timeInRounds(
    candidates.map(({run}) => run),
    options,
  );
  const timesOf = (part: ModelTime['part'], operator: string): number[] =>
    times[candidates.findIndex((candidate) => candidate.part === part && candidate.operator === operator)];
  return candidates.map(({operator, part}, index) => {
    const own = times[index];
    const milliseconds = median(own);
    return {
      ...{model, operator, part, batch, milliseconds},
      rounds: own.length,
      imagesPerSecond: (1000 * batch) / milliseconds,
      ...timeRatio(own, timesOf(part, 'conv')),
      ...(part === 'fused inference' ? {toUnfused: timeRatio(own, timesOf('inference', operator)).ratio} : {}),
    };
  });
}
