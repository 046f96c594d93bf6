// SPDX-License-Identifier: Apache-2.0
import type {InMemorySplit, Provenance, SplitName} from '@addernet/plugin';
import type {DatasetDefinition, LabelSet, NamedBytes, RecordFile, SplitPart} from '../definition.js';
import {DataFileSizeError, formatCount, PartialDatasetError} from '../errors.js';
import {gunzip, isGzip} from '../formats/gzip.js';
import {createImageSplit} from './image-split.js';

/** Which parts of a split are there with all their files. */
export interface PartsThere {
  readonly complete: readonly SplitPart[];
  /** Record files that are not there. */
  readonly missing: readonly RecordFile[];
  /** Images in the complete parts, and in all. */
  readonly images: number;
  readonly allImages: number;
}

export function findParts(
  definition: DatasetDefinition,
  split: SplitName,
  isThere: (file: RecordFile) => boolean,
): PartsThere {
  const parts = definition.parts[split];
  const complete = parts.filter((part) => part.files.every(isThere));
  const count = (some: readonly SplitPart[]) => some.reduce((sum, part) => sum + part.images, 0);
  return {
    complete,
    missing: parts.flatMap((part) => part.files.filter((file) => !isThere(file))),
    images: count(complete),
    allImages: count(parts),
  };
}

/** 'CIFAR-10', or 'CIFAR-10 (10,000 of 50,000)' when not all parts are there. */
export function provenanceOf({title}: DatasetDefinition, {images, allImages}: PartsThere, path?: string): Provenance {
  const from = path === undefined ? {} : {path};
  if (images === allImages) return {kind: 'official', label: title, ...from};
  return {kind: 'partial', label: `${title} (${formatCount(images)} of ${formatCount(allImages)})`, ...from};
}

/** @throws PartialDatasetError saying what is there, what is missing, and what to do. */
export function refusePartial(
  definition: DatasetDefinition,
  split: SplitName,
  there: PartsThere,
  where: string,
): never {
  const files = definition.parts[split].length;
  const label = provenanceOf(definition, there).label;
  const urls = definition.downloads.flatMap((download) => download.urls.slice(0, 1));
  throw new PartialDatasetError(
    `${definition.title}: ${where} has ${there.complete.length} of ${files} ${split} files ` +
      `(${formatCount(there.images)} of ${formatCount(there.allImages)} images); missing: ` +
      `${there.missing.map((file) => file.name).join(', ')}. Add them (they are in ${urls.join(', ')}), or pass --allow-partial ` +
      `(allowPartial: true) to use what is there, labelled "${label}"`,
  );
}

/** The bytes of a record file from a file as found: decompressed if need be, of the right size. */
async function expandRecordFile(file: RecordFile, found: NamedBytes): Promise<NamedBytes> {
  if (file.gzipName !== undefined && isGzip(found.bytes)) {
    return {name: found.name, bytes: await gunzip(found, file.bytes)};
  }
  if (found.bytes.length !== file.bytes) {
    throw new DataFileSizeError(found.name, file.bytes, found.bytes.length, SIZE_HINT);
  }
  return found;
}

export const SIZE_HINT = 'truncated, or another file by that name';

/** Reads the parts one after the other, so that only one file at a time is in memory besides the pixels. */
export async function readParts(
  definition: DatasetDefinition,
  split: SplitName,
  parts: readonly SplitPart[],
  read: (file: RecordFile) => Promise<NamedBytes>,
  {labels, provenance}: {readonly labels: LabelSet; readonly provenance: Provenance},
): Promise<InMemorySplit> {
  const {imageShape} = definition;
  const imageBytes = imageShape[0] * imageShape[1] * imageShape[2];
  const count = parts.reduce((sum, part) => sum + part.images, 0);
  let pixels: Uint8Array = new Uint8Array(0);
  let labelBytes: Uint8Array = new Uint8Array(0);
  let images = 0;
  for (const part of parts) {
    const files: NamedBytes[] = [];
    for (const file of part.files) files.push(await expandRecordFile(file, await read(file)));
    const decoded = definition.decode(part, files, labels);
    if (parts.length === 1) {
      ({pixels, labels: labelBytes} = decoded);
    } else {
      if (images === 0) {
        pixels = new Uint8Array(count * imageBytes);
        labelBytes = new Uint8Array(count);
      }
      pixels.set(decoded.pixels, images * imageBytes);
      labelBytes.set(decoded.labels, images);
    }
    images += decoded.count;
  }
  const classNames = definition.classNames[labels] ?? definition.classNames.fine;
  const groups = labels === 'fine' && definition.classGroups !== undefined ? {classGroups: definition.classGroups} : {};
  return createImageSplit({name: split, provenance, imageShape, classNames, ...groups, pixels, labels: labelBytes});
}
