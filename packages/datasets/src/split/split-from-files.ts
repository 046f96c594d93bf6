// SPDX-License-Identifier: Apache-2.0
import type {InMemorySplit, SplitName} from '@addernet/plugin';
import type {DatasetDefinition, LabelSet, NamedBytes, RecordFile} from '../definition.js';
import {DatasetUnavailableError} from '../errors.js';
import {findParts, provenanceOf, readParts, refusePartial} from './parts.js';
import {requireLabelSet, requireSplitName} from './validate-load-options.js';

export interface FilesOptions {
  /** Default 'fine'. */
  readonly labels?: LabelSet;
  /** Accept a split of which only some files are given (labelled as such). Default false. */
  readonly allowPartial?: boolean;
}

/**
 * Reads a split from the official files' bytes, e.g. files dropped on a page. Files are recognised by name (folders before it do not matter);
 * others are ignored.
 *
 * @throws DatasetUnavailableError when the split's files are not among them; PartialDatasetError when only some are; DataFileError
 *   (DataFileSizeError, LabelRangeError) for one that is truncated or corrupt.
 */
export async function splitFromFiles(
  definition: DatasetDefinition,
  split: SplitName,
  files: readonly NamedBytes[],
  {labels = 'fine', allowPartial = false}: FilesOptions = {},
): Promise<InMemorySplit> {
  requireSplitName(definition, split);
  requireLabelSet(definition, labels);
  const byName = new Map(files.map((file) => [file.name.split(/[\\/]/).at(-1), file]));
  const find = (file: RecordFile) => byName.get(file.name) ?? (file.gzipName ? byName.get(file.gzipName) : undefined);
  const there = findParts(definition, split, (file) => find(file) !== undefined);
  const names = files.map((file) => file.name).join(', ') || 'no files';
  if (there.complete.length === 0) {
    const expected = definition.parts[split].flatMap((part) => part.files.map((file) => file.name)).join(', ');
    throw new DatasetUnavailableError(
      `${definition.title}: given ${names}; expected ${expected} for the ${split} split`,
    );
  }
  if (there.missing.length > 0 && !allowPartial) refusePartial(definition, split, there, `the selection (${names})`);
  const read = async (file: RecordFile): Promise<NamedBytes> => {
    const found = find(file);
    if (found === undefined)
      throw new DatasetUnavailableError(`${definition.title}: ${file.name} is not among ${names}`);
    return found;
  };
  return readParts(definition, split, there.complete, read, {labels, provenance: provenanceOf(definition, there)});
}
