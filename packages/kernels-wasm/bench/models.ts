// SPDX-License-Identifier: Apache-2.0
import {median, type ModelTime, timeInRounds, timeRatio} from '@addernet/conformance/bench';
import type {BenchCommand} from '@addernet/conformance/bench/node';
import {makeNetwork, type Network, type NetworkName, NETWORKS, OPERATORS} from './networks.js';
import {printProfile} from './step-profile.js';

/** A network as adder and as convolution: inference with one image and with a batch, and training steps. */
export function benchModel(name: NetworkName, command: BenchCommand, progress: (what: string) => void): ModelTime[] {
  const batch = command.batch ?? (command.quick ? Math.ceil(NETWORKS[name].batch / 8) : NETWORKS[name].batch);
  return [...new Set([1, batch])].flatMap((size) => {
    const networks = OPERATORS.map((operator) => makeNetwork(name, operator, size));
    const time = (part: ModelTime['part'], run: (network: Network) => void): ModelTime[] => {
      progress(`${name}, ${part}, batch ${size}`);
      return timeTwins(networks, part, run, {
        ...command,
        // One image takes some milliseconds: many rounds cost little.
        rounds: size === 1 ? 10 * command.rounds : command.rounds,
      });
    };
    const times = time('inference', ({inference}) => inference());
    if (size === batch) {
      times.push(...time('training step', ({step}) => step()));
      progress('kernels of a training step');
      for (const network of networks) printProfile(network, command.quick ? 1 : 3);
    }
    for (const network of networks) network.dispose();
    return times;
  });
}

function timeTwins(
  networks: readonly Network[],
  part: ModelTime['part'],
  run: (network: Network) => void,
  options: BenchCommand,
): ModelTime[] {
  const times = timeInRounds(
    networks.map((network) => () => run(network)),
    options,
  );
  const conv = times[networks.findIndex(({operator}) => operator === 'conv')];
  return networks.map(({model, operator, batch}, index) => {
    const own = times[index];
    const milliseconds = median(own);
    const imagesPerSecond = (1000 * batch) / milliseconds;
    return {
      model,
      operator,
      part,
      batch,
      milliseconds,
      rounds: own.length,
      imagesPerSecond,
      ...timeRatio(own, conv),
    };
  });
}
