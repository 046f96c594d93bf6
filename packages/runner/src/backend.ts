// SPDX-License-Identifier: Apache-2.0
import type {BackendProvider, ThreadCount} from '@addernet/plugin';
import * as tf from '@tensorflow/tfjs-core';
import type {Container} from 'inversify';
import {listBound, lookup} from './container.js';
import {BackendUnavailableError, errorText} from './errors.js';

/** Fast before slow, one with kernels of its own before one without, then the higher priority. */
function better(a: BackendProvider, b: BackendProvider): number {
  const rank = (provider: BackendProvider): readonly number[] => [
    provider.speed === 'fast' ? 1 : 0,
    provider.kernelPackage === undefined ? 0 : 1,
    provider.priority,
  ];
  const left = rank(a);
  const right = rank(b);
  const index = left.findIndex((value, position) => value !== right[position]);
  return index < 0 ? 0 : (right[index] ?? 0) - (left[index] ?? 0);
}

/**
 * The backend of this name, or with 'auto' the best of those that can start here.
 *
 * @throws UnknownNameError listing the valid names
 * @throws BackendUnavailableError with the reason, or the reasons of all
 */
export async function chooseBackend(container: Container, name: string): Promise<BackendProvider> {
  if (name !== 'auto') {
    const provider = lookup(container, 'backend', name);
    const reason = await provider.unavailableReason();
    if (reason === undefined) return provider;
    throw new BackendUnavailableError(`backend "${name}" is not available here: ${reason}`);
  }
  const reasons: string[] = [];
  for (const provider of listBound(container, 'backend').sort(better)) {
    const reason = await provider.unavailableReason();
    if (reason === undefined) return provider;
    reasons.push(`${provider.name}: ${reason}`);
  }
  throw new BackendUnavailableError(
    reasons.length === 0
      ? 'no backend is bound; load a kernel package, e.g. @addernet/kernels-cpu/plugin'
      : `no backend is available here: ${reasons.join('; ')}`,
  );
}

/**
 * Starts a backend and makes sure that it is the one TF.js computes on.
 *
 * @param onNotice told if there are fewer threads than asked for
 * @returns the number of threads that it computes on
 * @throws BackendUnavailableError if it does not start
 */
export async function startBackend(
  provider: BackendProvider,
  threads: ThreadCount = 'auto',
  onNotice?: (message: string) => void,
): Promise<number> {
  try {
    await provider.start({threads});
  } catch (error) {
    throw new BackendUnavailableError(`backend "${provider.name}" did not start: ${errorText(error)}`, {cause: error});
  }
  if (tf.getBackend() !== provider.name) {
    throw new BackendUnavailableError(
      `backend "${provider.name}" did not start: TF.js computes on "${tf.getBackend()}"; expected "${provider.name}"`,
    );
  }
  const details = await provider.details();
  const used = Number(details.threads ?? 1);
  if (threads !== 'auto' && used < threads) {
    const reason = details['threads.reason'];
    onNotice?.(
      `threads=${threads} does not apply: backend "${provider.name}" computes on ${used === 1 ? 'one thread' : `${used} threads`}` +
        (reason === undefined ? '.' : ` (${reason}).`),
    );
  }
  return used;
}
