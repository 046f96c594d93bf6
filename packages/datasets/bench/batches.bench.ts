// SPDX-License-Identifier: Apache-2.0
// How long it takes to assemble batches and to generate the stand-in: `npm run bench -w @addernet/datasets`.
import {Bench} from 'tinybench';
import {cifar100, mnist, syntheticSplit} from '@addernet/datasets';

const split = syntheticSplit(cifar100, 'train', {images: 2560});
const {normalization, augmentation} = cifar100;
const batchSize = 128;
let epoch = 0;

function pass(options: Omit<Parameters<typeof split.batches>[0], 'batchSize'>): void {
  let images = 0;
  for (const batch of split.batches({batchSize, ...options})) images += batch.size;
  if (images !== split.size) throw new Error(`${images} images; expected ${split.size}`);
}

const bench = new Bench({time: 1000, warmupTime: 200});
bench
  .add('20 batches of 128, in order', () => pass({normalization}))
  .add('20 batches of 128, shuffled', () => pass({normalization, shuffle: {seed: 0, epoch: epoch++}}))
  .add('20 batches of 128, shuffled and augmented', () =>
    pass({normalization, augmentation, shuffle: {seed: 0, epoch: epoch++}}),
  )
  .add('500 generated images for CIFAR-100', () => void syntheticSplit(cifar100, 'train', {images: 500}))
  .add('500 generated images for MNIST', () => void syntheticSplit(mnist, 'train', {images: 500}));
await bench.run();
console.table(
  bench.tasks.map(({name, result}) => ({
    name,
    'median ms': 'latency' in result ? result.latency.p50.toFixed(2) : 'failed',
  })),
);
