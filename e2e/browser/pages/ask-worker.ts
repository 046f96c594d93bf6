// SPDX-License-Identifier: Apache-2.0

type WorkerAnswer = {readonly result: unknown} | {readonly error: string};

/** Asks a worker that has called `answerRequests`; one question at a time. */
export function askWorker<Result>(worker: Worker, request: unknown): Promise<Result> {
  return new Promise((resolve, reject) => {
    worker.addEventListener(
      'message',
      ({data}: MessageEvent<WorkerAnswer>) =>
        'error' in data ? reject(new Error(data.error)) : resolve(data.result as Result),
      {once: true},
    );
    worker.addEventListener('error', ({message}) => reject(new Error(`the worker failed: ${message}`)), {once: true});
    worker.postMessage(request);
  });
}

/** Makes a worker answer what `askWorker` asks. */
export function answerRequests<Request>(answer: (request: Request) => Promise<unknown>): void {
  globalThis.addEventListener('message', ({data}: MessageEvent<Request>) => {
    answer(data).then(
      (result) => globalThis.postMessage({result} satisfies WorkerAnswer),
      (error: unknown) => globalThis.postMessage({error: String(error)} satisfies WorkerAnswer),
    );
  });
}
