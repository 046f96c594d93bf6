// SPDX-License-Identifier: Apache-2.0
import {listModels} from '@addernet/zoo';
import type {Choices, Report, Request, Settings} from '../protocol.js';
import {listBackends, messageOf, startBackend} from './backends.js';
import {Contestant} from './contestant.js';
import {DATASETS, loadData} from './data.js';

/** Steps and milliseconds of training between two evaluations, and how many times an evaluation's own time, so that most of the time goes into training. */
const EVALUATION_STEPS = 20;
const EVALUATION_INTERVAL = 2000;
const EVALUATION_SHARE = 3;
/** Milliseconds between two pictures of the filters. */
const FILTER_INTERVAL = 2000;

const tell = (report: Report): void => {
  globalThis.postMessage(report);
};

let resume: (() => void) | undefined;

/** Lets messages in, and waits while the page has paused training. */
async function breathe(): Promise<void> {
  await new Promise((resolve) => setTimeout(resolve));
  if (resume === undefined) return;
  await new Promise<void>((resolve) => {
    resume = resolve;
  });
}

async function listChoices(): Promise<Choices> {
  return {
    backends: await listBackends(),
    // ImageNet's networks have nothing to do with images of 32 × 32.
    architectures: listModels()
      .filter(({name}) => !/^resnet(18|34|50)$/.test(name))
      .map(({name, description}) => ({name, title: name, description})),
    operators: [
      {name: 'conv', title: 'convolution'},
      {name: 'adder', title: 'adder'},
    ],
    datasets: DATASETS.map(({name, title}) => ({
      name,
      title: `${title} stand-in`,
      description: `made here, in the shapes of ${title}`,
    })),
  };
}

async function train(settings: Settings): Promise<never> {
  tell({kind: 'status', text: `Starting ${settings.backend}…`});
  const {environment, lost} = await startBackend(settings.backend);
  loss = lost;
  // What waits for results of a lost device may wait for ever.
  loss.catch(fail);
  tell({kind: 'status', text: settings.files.length > 0 ? 'Reading files…' : 'Making images…'});
  const data = await loadData(settings.dataset, settings.files);
  const contestants = settings.operators.map((operator) => new Contestant(operator, settings, data));
  tell({
    kind: 'begun',
    environment,
    data: data.train.provenance.label,
    trainImages: data.train.size,
    testImages: data.test.size,
    numClasses: data.train.numClasses,
    parameters: contestants[0]?.parameters ?? 0,
  });
  const {normalization} = data.definition;
  let steps = 0;
  let evaluated = performance.now();
  let evaluationTime = 0;
  let lastFilters = -Infinity;
  for (let epoch = 0; ; epoch++) {
    const batches = data.train.batches({
      batchSize: settings.batchSize,
      dropRemainder: data.train.size > settings.batchSize,
      normalization,
      shuffle: {seed: 1, epoch},
    });
    for await (const batch of batches) {
      const pictures = performance.now() - lastFilters > FILTER_INTERVAL;
      steps++;
      const evaluation =
        steps >= EVALUATION_STEPS &&
        performance.now() - evaluated > Math.max(EVALUATION_INTERVAL, EVALUATION_SHARE * evaluationTime);
      for (const contestant of contestants) {
        await breathe();
        const {operator} = contestant;
        const loss = await contestant.train(batch);
        const {images, imagesPerSecond} = contestant;
        tell({kind: 'step', operator, images, loss, imagesPerSecond});
        if (pictures) {
          const picture = await contestant.filters();
          if (picture !== undefined) tell({kind: 'filters', operator, picture});
        }
      }
      if (pictures) lastFilters = performance.now();
      if (evaluation) {
        const start = performance.now();
        for (const contestant of contestants) {
          const {operator, images} = contestant;
          tell({kind: 'evaluation', operator, images, top1: await contestant.evaluate(breathe)});
        }
        steps = 0;
        evaluated = performance.now();
        evaluationTime = evaluated - start;
      }
    }
  }
}

/** Milliseconds that a lost device has to say so, once something has failed for want of it. */
const LOSS_PATIENCE = 300;

/** Rejects when the backend's device is lost. */
let loss = new Promise<never>(() => undefined);

/** Tells why training ends: where the device was lost that, and not what failed because of it. */
async function fail(error: unknown): Promise<void> {
  const patience = new Promise((resolve) => setTimeout(resolve, LOSS_PATIENCE));
  const cause = await Promise.race([patience.then(() => error), loss.catch((lost: unknown) => lost)]);
  tell({kind: 'failed', message: messageOf(cause)});
}

globalThis.addEventListener('message', ({data: request}: MessageEvent<Request>) => {
  switch (request.kind) {
    case 'start':
      train(request.settings).catch(fail);
      break;
    case 'pause':
      resume ??= () => undefined;
      tell({kind: 'paused', paused: true});
      break;
    case 'continue':
      resume?.();
      resume = undefined;
      tell({kind: 'paused', paused: false});
      break;
  }
});
globalThis.addEventListener('unhandledrejection', ({reason}) => {
  void fail(reason);
});

listChoices().then((choices) => {
  tell({kind: 'choices', choices});
}, fail);
