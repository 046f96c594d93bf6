// SPDX-License-Identifier: Apache-2.0
import {WasmThreadError} from '../errors.js';

/** A worker of Node's or of the browser's. */
export interface PoolWorker {
  terminate(): void;
}

/**
 * Starts a worker, and waits until it is ready. From then on it does not keep the process alive.
 *
 * @param message what worker.js starts with
 * @param onEnd called when the worker ends after that
 */
export async function startPoolWorker(message: object, onEnd: (reason: string) => void): Promise<PoolWorker> {
  const worker = makeWorker();
  return new Promise((resolve, reject) => {
    let ready = false;
    const end = (reason: string): void => {
      if (ready) onEnd(reason);
      else reject(startError(reason));
    };
    worker.listen(() => {
      ready = true;
      resolve(worker);
    }, end);
    worker.post(message);
  });
}

function makeWorker(): AnyWorker {
  try {
    return 'process' in globalThis && globalThis.process.versions?.node !== undefined ? nodeWorker() : webWorker();
  } catch (error) {
    throw startError(String(error), error);
  }
}

function startError(reason: string, cause?: unknown): WasmThreadError {
  return new WasmThreadError(`@addernet/kernels-wasm: a thread could not be started: ${reason}`, {cause});
}

interface AnyWorker extends PoolWorker {
  post(message: object): void;
  listen(onReady: () => void, onEnd: (reason: string) => void): void;
}

function nodeWorker(): AnyWorker {
  const {Worker} = process.getBuiltinModule('node:worker_threads');
  // Not `new URL('./worker.js', import.meta.url)`, at which a bundler would look: this is for Node alone.
  const here: string = import.meta.url;
  // Without the loaders and hooks of this process: they have nothing to do there, and take long to start.
  const worker = new Worker(new URL('./worker.js', here), {execArgv: [], env: {}, name: 'addernet'});
  return {
    post: (message) => worker.postMessage(message),
    terminate: () => void worker.terminate(),
    listen(onReady, onEnd) {
      worker.once('message', () => {
        worker.unref();
        onReady();
      });
      worker.once('error', (error) => onEnd(String(error)));
      worker.once('exit', (code) => onEnd(`it has exited with code ${code}`));
    },
  };
}

function webWorker(): AnyWorker {
  const worker = new Worker(new URL('./worker.js', import.meta.url), {type: 'module', name: 'addernet'});
  return {
    post: (message) => worker.postMessage(message),
    terminate: () => worker.terminate(),
    listen(onReady, onEnd) {
      worker.addEventListener('message', onReady, {once: true});
      worker.addEventListener('error', ({message}) => onEnd(message || 'its file cannot be loaded'), {once: true});
    },
  };
}
