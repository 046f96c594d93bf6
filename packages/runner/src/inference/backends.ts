// SPDX-License-Identifier: Apache-2.0
import type {BackendProvider, ThreadCount} from '@addernet/plugin';
import type {Container} from 'inversify';
import {chooseBackend, startBackend} from '../backend.js';
import {listBound} from '../container.js';
import {BackendUnavailableError} from '../errors.js';
import {describeEnvironment} from '../run-folder/environment.js';

/** Stands for every backend that can start here. */
const AVAILABLE = 'available';

/**
 * The backends of these names, without repetition; 'available' stands for all that can start here, the fast ones first.
 *
 * @throws UnknownNameError, BackendUnavailableError
 */
export async function chooseBackends(
  container: Container,
  names: readonly string[],
): Promise<readonly BackendProvider[]> {
  const chosen = new Set<BackendProvider>();
  for (const name of names) {
    if (name !== AVAILABLE) {
      chosen.add(await chooseBackend(container, name));
      continue;
    }
    const bound = listBound(container, 'backend').toSorted(
      (a, b) => Number(a.speed === 'slow') - Number(b.speed === 'slow') || b.priority - a.priority,
    );
    for (const provider of bound) {
      if ((await provider.unavailableReason()) === undefined) chosen.add(provider);
    }
  }
  if (chosen.size === 0) throw new BackendUnavailableError('no backend is available here');
  return [...chosen];
}

/** Starts each backend and says what there is: the environment of them all, with what is particular to one under its name. */
export async function describeBackends(
  backends: readonly BackendProvider[],
  threads: ThreadCount,
  folder: string,
  onNotice: (message: string) => void,
): Promise<Record<string, string>> {
  const entries: [string, string][] = [];
  for (const provider of backends) {
    await startBackend(provider, threads, onNotice);
    const environment = Object.entries(await describeEnvironment({provider, folder}));
    entries.push(
      ...environment.flatMap(([key, value]): [string, string][] => {
        if (key === 'backend') return [];
        return [[key.startsWith('backend.') ? `${provider.name}.${key.slice('backend.'.length)}` : key, value]];
      }),
    );
  }
  return {...Object.fromEntries(entries), backends: backends.map(({name}) => name).join(', ')};
}
