// SPDX-License-Identifier: Apache-2.0
import {AddernetError} from '@addernet/core';

/** Base of what this package throws about data (wrong arguments are core's `ArgumentError`). */
export class DatasetError extends AddernetError {}

/** A data file that is truncated, corrupt or of another format. */
export class DataFileError extends DatasetError {
  /** Path or name of the file. */
  readonly file: string;

  constructor(file: string, message: string, options?: ErrorOptions) {
    super('ADDERNET_DATA_FILE', `${file}: ${message}`, options);
    this.file = file;
  }
}

/** A data file of the wrong length, in bytes. */
export class DataFileSizeError extends DataFileError {
  readonly expectedBytes: number;
  readonly actualBytes: number;

  constructor(file: string, expectedBytes: number, actualBytes: number, hint: string) {
    super(file, `has ${formatCount(actualBytes)} bytes; expected ${formatCount(expectedBytes)} (${hint})`);
    this.expectedBytes = expectedBytes;
    this.actualBytes = actualBytes;
  }
}

/** A record whose label is not one of the classes. */
export class LabelRangeError extends DataFileError {
  /** Position of the record in the file, from 0. */
  readonly record: number;
  readonly label: number;

  constructor(file: string, record: number, labelName: string, label: number, classCount: number) {
    super(file, `record ${record} has ${labelName} ${label}; expected 0 to ${classCount - 1} (the file is corrupt)`);
    this.record = record;
    this.label = label;
  }
}

/** Only a part of a split is there, and that was not allowed. */
export class PartialDatasetError extends DatasetError {
  constructor(message: string) {
    super('ADDERNET_DATA_PARTIAL', message);
  }
}

/** Official data was asked for, is not there and could not be fetched (the reason is the `cause`). */
export class DatasetUnavailableError extends DatasetError {
  constructor(message: string, options?: ErrorOptions) {
    super('ADDERNET_DATA_UNAVAILABLE', message, options);
  }
}

/**
 * Why a download ended: no connection or a cut one, no byte for too long, or an answer that is not the file (404, a web page, too many
 * redirects).
 */
export type DownloadFailure = 'network' | 'stalled' | 'answer';

/** A file could not be downloaded. What was received stays, and the next download goes on from there. */
export class DownloadError extends DatasetError {
  readonly reason: DownloadFailure;

  constructor(reason: DownloadFailure, message: string, options?: ErrorOptions) {
    super('ADDERNET_DOWNLOAD', message, options);
    this.reason = reason;
  }
}

/** A whole file that is not the published one. */
export class ChecksumError extends DatasetError {
  constructor(file: string, expectedMd5: string, actualMd5: string, hint: string) {
    super('ADDERNET_CHECKSUM', `${file}: MD5 is ${actualMd5}; expected ${expectedMd5}. ${hint}`);
  }
}

/** An archive that cannot be read or lacks an expected file. */
export class ArchiveError extends DatasetError {
  constructor(file: string, message: string, options?: ErrorOptions) {
    super('ADDERNET_ARCHIVE', `${file}: ${message}`, options);
  }
}

/** The cache folder cannot be written: read-only, full, or not a folder. */
export class CacheFolderError extends DatasetError {
  readonly folder: string;

  constructor(folder: string, message: string, options?: ErrorOptions) {
    super('ADDERNET_CACHE_FOLDER', `${folder}: ${message}`, options);
    this.folder = folder;
  }
}

/** 10000 as '10,000'. */
export function formatCount(count: number): string {
  return count.toLocaleString('en-US');
}
