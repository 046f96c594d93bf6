// SPDX-License-Identifier: Apache-2.0
import {
  cifar10,
  cifar100,
  mnist,
  splitFromFiles,
  syntheticSplit,
  type DatasetDefinition,
  type NamedBytes,
} from '@addernet/datasets';
import type {ImageSplit} from '@addernet/plugin';
import {parseTar} from 'nanotar';

export const DATASETS: readonly DatasetDefinition[] = [cifar10, cifar100, mnist];

/** Test images of each class that accuracy is measured on, so that it takes moments. */
const TEST_IMAGES = 500;

export interface Data {
  readonly definition: DatasetDefinition;
  readonly train: ImageSplit;
  readonly test: ImageSplit;
}

async function gunzip(bytes: Uint8Array<ArrayBuffer>): Promise<Uint8Array<ArrayBuffer>> {
  const parts: Uint8Array<ArrayBuffer>[] = [];
  // Of its errors a Response would tell nothing but that it failed.
  await new Blob([bytes])
    .stream()
    .pipeThrough(new DecompressionStream('gzip'))
    .pipeTo(
      new WritableStream({
        write(part) {
          parts.push(part);
        },
      }),
    );
  return new Uint8Array(await new Blob(parts).arrayBuffer());
}

const reasonOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

async function read(file: File): Promise<Uint8Array<ArrayBuffer>> {
  try {
    return new Uint8Array(await file.arrayBuffer());
  } catch (error) {
    throw new Error(
      `${file.name} can no longer be read; was it changed or moved? Choose it again (${reasonOf(error)})`,
      {
        cause: error,
      },
    );
  }
}

/** The file itself, or what is in it if it is an archive. */
async function unpack(file: File): Promise<NamedBytes[]> {
  const bytes = await read(file);
  if (!/\.(tar\.gz|tgz|tar)$/.test(file.name)) return [{name: file.name, bytes}];
  let entries: ReturnType<typeof parseTar>;
  try {
    entries = parseTar(file.name.endsWith('.tar') ? bytes : await gunzip(bytes));
  } catch (error) {
    throw new Error(
      `${file.name} cannot be unpacked: it is cut off or no ${file.name.endsWith('.tar') ? 'tar' : 'tar.gz'} archive (${reasonOf(error)})`,
      {cause: error},
    );
  }
  return entries.flatMap((entry) =>
    'data' in entry && entry.data !== undefined ? [{name: entry.name, bytes: Uint8Array.from(entry.data)}] : [],
  );
}

/** The dataset that files belong to, by their names. */
function recognise(given: readonly File[], files: readonly NamedBytes[]): DatasetDefinition {
  const names = files.map(({name}) => name.split('/').at(-1));
  const found = DATASETS.find(({parts}) =>
    [...parts.train, ...parts.test].some((part) =>
      part.files.some((file) => names.includes(file.name) || names.includes(file.gzipName)),
    ),
  );
  if (found !== undefined) return found;
  throw new Error(
    `${given.map(({name}) => name).join(', ')}: not files of CIFAR-10, CIFAR-100 or MNIST; expected for example cifar-10-binary.tar.gz, ` +
      'train.bin and test.bin, or the four -ubyte.gz files',
  );
}

/**
 * Images of the files, or of the dataset's stand-in where there are none.
 *
 * @throws Error, DatasetError for files that are not a dataset's, that are damaged, or of which a split is missing
 */
export async function loadData(dataset: string, files: readonly File[]): Promise<Data> {
  if (files.length === 0) {
    const definition = DATASETS.find(({name}) => name === dataset);
    if (definition === undefined) throw new Error(`there is no dataset '${dataset}'`);
    return {
      definition,
      train: syntheticSplit(definition, 'train', {images: 5000}),
      test: syntheticSplit(definition, 'test', {images: TEST_IMAGES}),
    };
  }
  const bytes = (await Promise.all(files.map(unpack))).flat();
  const definition = recognise(files, bytes);
  const train = await splitFromFiles(definition, 'train', bytes, {allowPartial: true});
  const test = await splitFromFiles(definition, 'test', bytes);
  return {definition, train, test: test.balancedSubset(TEST_IMAGES, 0)};
}
