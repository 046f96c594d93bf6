// SPDX-License-Identifier: Apache-2.0
import {open, rename, rm, stat} from 'node:fs/promises';
import {basename, dirname} from 'node:path';
import {setTimeout as delay} from 'node:timers/promises';
import type {DownloadProgress} from '@addernet/plugin';
import {ChecksumError, DatasetError, DownloadError, formatCount} from '../errors.js';
import {systemErrorCode, writingTo} from './cache-folder.js';
import {md5OfFile} from './checksum.js';
import {openHttpStream} from './http-stream.js';
import {claimPart, releasePart, removeAbandonedParts} from './part-file.js';

export interface DownloadRequest {
  /** Where the same file is published; the next is tried when one fails. */
  readonly urls: readonly string[];
  readonly md5: string;
  /** Path that names the file: its part files lie beside it. The folder is made if need be. */
  readonly target: string;
  /** What to do with the whole, checked file at `path`, which is then gone or removed; default: rename it to `target`. */
  readonly deliver?: (path: string) => Promise<void>;
  readonly signal?: AbortSignal;
  readonly onProgress?: (progress: DownloadProgress) => void;
  /** Gives up after so long without a byte, in milliseconds; default 8000. */
  readonly patienceMs?: number;
}

const DEFAULT_PATIENCE_MS = 8_000;
const RETRY_PAUSE_MS = 250;
/** At most so many progress reports a second. */
const REPORTS_PER_SECOND = 10;
/** Gives up on servers that cut the connection more often than this, however much each sends. */
const MAX_CUTS = 100;

/**
 * Downloads a file, goes on where an earlier attempt (of this process or a dead one) ended, and delivers it only when its checksum is
 * right. What is received is kept as a part file when it, or its delivery, fails.
 *
 * @throws DownloadError when no server gives the file; ChecksumError when they give another one; CacheFolderError when it cannot be written;
 *   the signal's reason when aborted.
 */
export async function downloadFile(request: DownloadRequest): Promise<void> {
  const {target, signal, deliver = (path: string) => rename(path, target)} = request;
  signal?.throwIfAborted();
  const folder = dirname(target);
  const part = await writingTo(folder, () => claimPart(target));
  try {
    await new Transfer(request, part).run();
    await writingTo(folder, async () => {
      await deliver(part);
      await rm(part, {force: true});
      await removeAbandonedParts(target);
    });
  } catch (error) {
    await releasePart(target, part).catch(() => undefined); // the first error is the one to tell
    throw error;
  }
}

/** One download into one part file. */
class Transfer {
  readonly #request: DownloadRequest;
  readonly #part: string;
  readonly #patience: number;
  /** The most bytes the part file ever had in this transfer: only more than that is progress. */
  #highWater = 0;
  #lastProgress = Date.now();
  #lastReport = 0;

  constructor(request: DownloadRequest, part: string) {
    this.#request = request;
    this.#part = part;
    this.#patience = request.patienceMs ?? DEFAULT_PATIENCE_MS;
  }

  async run(): Promise<void> {
    let size = (await stat(this.#part)).size;
    this.#highWater = size;
    const failures = new Map<string, Error>();
    const queue = [...this.#request.urls];
    let resumed = size > 0;
    for (let cuts = 0, url = queue.shift(); url !== undefined; url = queue.shift()) {
      const before = this.#highWater;
      try {
        await this.#receive(url, queue.length);
        const actual = await md5OfFile(this.#part, this.#request.signal);
        if (actual === this.#request.md5) return;
        failures.set(url, this.#checksumError(url, actual));
        await this.#startOver();
        // A file put together from two attempts may be a mixture, if the published one changed: once more, in one go.
        if (resumed) queue.unshift(url);
        resumed = false;
      } catch (error) {
        this.#request.signal?.throwIfAborted();
        if (error instanceof DatasetError && !(error instanceof DownloadError)) throw error;
        failures.set(url, error instanceof DownloadError ? error : networkError(url, error));
        size = (await stat(this.#part)).size;
        resumed = size > 0;
        const cut = this.#highWater > before;
        if (cut && cuts++ < MAX_CUTS) {
          queue.unshift(url); // it gave something: go on from there
          await delay(RETRY_PAUSE_MS, undefined, {signal: this.#request.signal});
        }
      }
    }
    throw this.#failure(failures);
  }

  /** Receives what is missing from one server into the part file. */
  async #receive(url: string, otherServers: number): Promise<void> {
    const {signal} = this.#request;
    // Servers that do not answer share the patience, so that all of them together take no longer.
    const left = Math.max(0, this.#patience - (Date.now() - this.#lastProgress));
    const watchdog = new Watchdog(left / (otherServers + 1));
    const signals = signal ? [signal, watchdog.signal] : [watchdog.signal];
    const offset = (await stat(this.#part)).size;
    const file = await writingTo(dirname(this.#part), () => open(this.#part, 'r+'));
    try {
      const stream = await openHttpStream(url, offset, AbortSignal.any(signals));
      if (stream === undefined) return; // nothing beyond what is there; the checksum tells whether it is right
      let position = stream.start;
      if (position !== offset) await writingTo(dirname(this.#part), () => file.truncate(position));
      for await (const chunk of stream.body) {
        watchdog.pause();
        if (!Buffer.isBuffer(chunk)) throw new TypeError('an HTTP body gave text; expected bytes');
        const at = position;
        await writingTo(dirname(this.#part), () => writeFully(file, chunk, at));
        position += chunk.length;
        this.#note(position, stream.totalBytes);
        watchdog.restart(this.#patience / (otherServers + 2)); // so that there is time to connect anew
      }
      if (stream.totalBytes !== undefined && position < stream.totalBytes) {
        throw new DownloadError('network', `${url} ended after ${position} of ${stream.totalBytes} bytes`);
      }
      this.#report(position, stream.totalBytes);
    } catch (error) {
      if (watchdog.expired && !signal?.aborted && !(error instanceof DatasetError)) {
        throw new DownloadError('stalled', `${url} sent nothing for ${watchdog.patience / 1000} s`, {cause: error});
      }
      throw error;
    } finally {
      watchdog.pause();
      await file.close();
    }
  }

  #note(position: number, totalBytes: number | undefined): void {
    if (position > this.#highWater) {
      this.#highWater = position;
      this.#lastProgress = Date.now();
    }
    if (Date.now() - this.#lastReport >= 1000 / REPORTS_PER_SECOND) this.#report(position, totalBytes);
  }

  #report(receivedBytes: number, totalBytes: number | undefined): void {
    this.#lastReport = Date.now();
    const file = basename(this.#request.target);
    this.#request.onProgress?.({file, receivedBytes, ...(totalBytes === undefined ? {} : {totalBytes})});
  }

  async #startOver(): Promise<void> {
    await rm(this.#part, {force: true});
    await writingTo(dirname(this.#part), async () => (await open(this.#part, 'wx')).close());
    this.#highWater = 0;
    this.#lastProgress = Date.now();
  }

  #checksumError(url: string, actual: string): ChecksumError {
    const hint = 'The server has another file, or something on the way changed it; nothing of it was kept.';
    return new ChecksumError(url, this.#request.md5, actual, hint);
  }

  #failure(failures: ReadonlyMap<string, Error>): Error {
    const errors = [...failures.values()];
    const wrongFile = errors.find((error) => error instanceof ChecksumError);
    if (wrongFile) return wrongFile;
    const last = errors.at(-1);
    const reason = last instanceof DownloadError ? last.reason : 'network';
    const kept =
      this.#highWater > 0
        ? `; ${formatCount(this.#highWater)} bytes are kept, the next attempt goes on from there`
        : '';
    const messages = errors.map((error) => error.message).join('; ') || 'no address to download from';
    return new DownloadError(reason, `${basename(this.#request.target)} cannot be downloaded: ${messages}${kept}`, {
      cause: last,
    });
  }
}

async function writeFully(file: Awaited<ReturnType<typeof open>>, chunk: Buffer, position: number): Promise<void> {
  for (let written = 0; written < chunk.length;) {
    const {bytesWritten} = await file.write(chunk, written, chunk.length - written, position + written);
    written += bytesWritten;
  }
}

function networkError(url: string, error: unknown): DownloadError {
  const code = systemErrorCode(error);
  const message = error instanceof Error && error.message !== '' ? error.message : (code ?? String(error));
  return new DownloadError('network', `${url}: ${message}`, {cause: error});
}

/** Aborts when it is neither paused nor restarted for a while. */
class Watchdog {
  readonly #controller = new AbortController();
  #timer: NodeJS.Timeout | undefined;
  patience = 0;

  constructor(patience: number) {
    this.restart(patience);
  }

  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  get expired(): boolean {
    return this.#controller.signal.aborted;
  }

  pause(): void {
    clearTimeout(this.#timer);
  }

  restart(patience: number): void {
    clearTimeout(this.#timer);
    this.patience = patience;
    this.#timer = setTimeout(() => this.#controller.abort(), patience);
  }
}
