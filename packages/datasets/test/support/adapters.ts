// SPDX-License-Identifier: Apache-2.0
import {join} from 'node:path';
import type {DatasetAdapter, SplitName} from '@addernet/plugin';
import {onTestFinished} from 'vitest';
import {cifar100, type DatasetDefinition} from '../../src/index.js';
import {createDatasetAdapter} from '../../src/node.js';
import {startFileServer, type FileServer} from './file-server.js';
import {temporaryFolder} from './folders.js';
import {place, recordBytes, SMALL_SIZES, smallCifar100, smallCifar100Archive} from './small-datasets.js';

export const SPLITS = ['train', 'test'] as const satisfies readonly SplitName[];

export async function serve(files: Readonly<Record<string, Uint8Array>>): Promise<FileServer> {
  const server = await startFileServer(files);
  onTestFinished(() => server.close());
  return server;
}

export interface Published {
  readonly adapter: DatasetAdapter;
  readonly definition: DatasetDefinition;
  readonly server: FileServer;
  readonly archive: Uint8Array;
  readonly root: string;
}

/** A small CIFAR-100 whose archive a local server has. */
export async function publishedCifar100(): Promise<Published> {
  const archive = await smallCifar100Archive(await temporaryFolder());
  const server = await serve({'/cifar-100-binary.tar.gz': archive});
  const definition = smallCifar100(`${server.url}/cifar-100-binary.tar.gz`, archive);
  return {adapter: createDatasetAdapter(definition), definition, server, archive, root: await temporaryFolder()};
}

/** A data folder with unpacked files of the small CIFAR-100. */
export async function unpackedCifar100(splits: readonly SplitName[] = SPLITS): Promise<string> {
  const root = await temporaryFolder();
  for (const split of splits) {
    const [bytes] = recordBytes(cifar100, split, SMALL_SIZES[split]);
    await place(join(root, 'cifar-100-binary', `${split}.bin`), bytes ?? new Uint8Array());
  }
  return root;
}

export async function failureOf(promise: Promise<unknown>): Promise<unknown> {
  return promise.then(
    () => undefined,
    (error: unknown) => error,
  );
}

/** Nothing answers there, at once. */
export const UNREACHABLE = 'http://127.0.0.1:9/cifar-100-binary.tar.gz';
