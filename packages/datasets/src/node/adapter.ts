// SPDX-License-Identifier: Apache-2.0
import type {DatasetAdapter, InMemorySplit, LoadOptions, SplitName} from '@addernet/plugin';
import type {DatasetDefinition, LabelSet, NamedBytes, RecordFile} from '../definition.js';
import {CacheFolderError, DatasetUnavailableError, DownloadError, formatCount} from '../errors.js';
import {provenanceOf, readParts, refusePartial} from '../split/parts.js';
import {requireLabelSet, requireSource, requireSplitName} from '../split/validate-load-options.js';
import {syntheticLabel, syntheticSplit} from '../stand-in/synthetic-split.js';
import {dataRoot} from './cache-folder.js';
import {downloadTarget, fetchOfficial} from './fetch-official.js';
import {datasetFolder, findWrongSize, lookForSplit, readDataFile, type SplitThere} from './folder.js';
import {datasetStatus} from './status.js';

/** After a download failed, `auto` does not try again for so long: a second split would only wait for the same failure. */
const FAILURE_LASTS_MS = 60_000;

/** Why official data is not to be had. */
type FetchFailure = DownloadError | CacheFolderError;

/** The adapter of a dataset for Node: reads its folder, downloads what is missing, generates the stand-in. */
export function createDatasetAdapter(definition: DatasetDefinition): DatasetAdapter<InMemorySplit> {
  const {name, title, description, imageShape, numClasses, splitSizes, normalization, augmentation} = definition;
  const loader = new Loader(definition);
  return {
    name,
    title,
    description,
    imageShape,
    numClasses,
    splitSizes,
    normalization,
    augmentation,
    load: (split, options) => loader.load(split, options),
    status: ({root}) => datasetStatus(definition, dataRoot(root)),
  };
}

class Loader {
  readonly #definition: DatasetDefinition;
  /** Ends when the fetch under way does; one at a time, since one archive holds both splits. */
  #fetching: Promise<unknown> = Promise.resolve();
  #lastFailure: {readonly error: FetchFailure; readonly root: string; readonly time: number} | undefined;

  constructor(definition: DatasetDefinition) {
    this.#definition = definition;
  }

  async load(split: SplitName, options: LoadOptions): Promise<InMemorySplit> {
    const {source, labels = 'fine', signal} = options;
    requireSplitName(this.#definition, split);
    requireSource(this.#definition, source);
    requireLabelSet(this.#definition, labels);
    signal?.throwIfAborted();
    if (source === 'synthetic') return this.#generate(split, labels, 'as asked', options);

    const root = dataRoot(options.root);
    const there = await lookForSplit(this.#definition, split, root);
    if (there.complete.length > 0) return this.#read(split, root, there, labels, options);
    const failure = await this.#fetchOneAtATime(split, root, options);
    if (failure === undefined) {
      const fetched = await lookForSplit(this.#definition, split, root);
      if (fetched.complete.length > 0) return this.#read(split, root, fetched, labels, options);
      throw new DatasetUnavailableError(
        `${this.#definition.title}: the files were removed from ${root} while they were loaded`,
      );
    }
    if (source === 'official') throw this.#unavailable(split, root, failure, '');
    await this.#refuseMixture(split, root, failure);
    return this.#generate(split, labels, `no official data: ${failure.message}`, options);
  }

  async #read(
    split: SplitName,
    root: string,
    there: SplitThere,
    labels: LabelSet,
    options: LoadOptions,
  ): Promise<InMemorySplit> {
    const definition = this.#definition;
    const folder = datasetFolder(definition, root);
    const wrongSize = findWrongSize(definition, split, there);
    if (wrongSize) throw wrongSize;
    if (there.missing.length > 0 && options.allowPartial !== true) refusePartial(definition, split, there, folder);
    const read = async (file: RecordFile): Promise<NamedBytes> => {
      const found = there.files.get(file.name);
      if (found === undefined)
        throw new DatasetUnavailableError(`${definition.title}: ${file.name} is not in ${folder}`);
      return readDataFile(found.path, options.signal);
    };
    return readParts(definition, split, there.complete, read, {
      labels,
      provenance: provenanceOf(definition, there, folder),
    });
  }

  /** @returns why it could not be fetched; undefined when it is there. Faults other than that are thrown. */
  async #fetchOneAtATime(split: SplitName, root: string, options: LoadOptions): Promise<FetchFailure | undefined> {
    const before = this.#fetching;
    const mine = before.then(() => this.#fetch(split, root, options));
    this.#fetching = mine.catch(() => undefined);
    return mine;
  }

  async #fetch(split: SplitName, root: string, options: LoadOptions): Promise<FetchFailure | undefined> {
    const last = this.#lastFailure;
    if (options.source === 'auto' && last?.root === root && Date.now() - last.time < FAILURE_LASTS_MS)
      return last.error;
    try {
      const {missing} = await lookForSplit(this.#definition, split, root);
      const wanted = new Set(missing.map((file) => file.name));
      for (const download of this.#definition.downloads) {
        if (download.provides.some((name) => wanted.has(name)))
          await fetchOfficial(this.#definition, download, root, options);
      }
      return undefined;
    } catch (error) {
      options.signal?.throwIfAborted();
      if (!(error instanceof DownloadError || error instanceof CacheFolderError)) throw error;
      this.#lastFailure = {error, root, time: Date.now()};
      return error;
    }
  }

  /** A model trained on generated images must not be tested on official ones, nor the other way round, just because a download failed. */
  async #refuseMixture(split: SplitName, root: string, failure: FetchFailure): Promise<void> {
    const other = split === 'train' ? 'test' : 'train';
    const there = await lookForSplit(this.#definition, other, root);
    if (there.complete.length === 0) return;
    const hint =
      ` The official ${other} split is there, so the generated stand-in is not taken for ${split}; pass --data=synthetic ` +
      `(source: 'synthetic') to use it for both.`;
    throw this.#unavailable(split, root, failure, hint);
  }

  #unavailable(split: SplitName, root: string, failure: FetchFailure, hint: string): DatasetUnavailableError {
    const definition = this.#definition;
    const splitFiles = definition.parts[split].flatMap((part) => part.files.map((file) => file.name));
    const steps = definition.downloads
      .filter((download) => download.provides.some((name) => splitFiles.includes(name)))
      .map(
        (download) =>
          `${download.urls.join(' or ')} (MD5 ${download.md5}) to ${downloadTarget(definition, download, root)}`,
      );
    const folder = datasetFolder(definition, root);
    return new DatasetUnavailableError(
      `${definition.title}: the official ${split} data is not in ${folder} and could not be fetched: ${failure.message}. ` +
        `To fetch it by hand, put ${steps.join(', ')}; or put the unpacked files (${splitFiles.join(', ')}) into ${folder}; or set ` +
        `ADDERNET_DATA to the folder that has ${definition.folder}.${hint}`,
      {cause: failure},
    );
  }

  #generate(split: SplitName, labels: LabelSet, why: string, {onNotice}: LoadOptions): InMemorySplit {
    const {train, test} = this.#definition.standIn.sizes;
    onNotice?.(
      `${syntheticLabel(this.#definition)}: ${split} images are generated (${formatCount(train)} train, ${formatCount(test)} test), ${why}`,
    );
    return syntheticSplit(this.#definition, split, {labels});
  }
}
