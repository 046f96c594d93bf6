// SPDX-License-Identifier: Apache-2.0
import {get as httpGet, type IncomingMessage} from 'node:http';
import {get as httpsGet} from 'node:https';
import {DownloadError} from '../errors.js';

export interface HttpStream {
  /** Position in the file of the body's first byte: the offset asked for, or 0 when the server does not do ranges. */
  readonly start: number;
  /** Size of the whole file; absent when the server does not say. */
  readonly totalBytes?: number;
  readonly body: IncomingMessage;
}

const MAX_REDIRECTS = 5;

/**
 * Starts to fetch a file from `offset` on. Not by `fetch`, which would decompress a body that a server labels `Content-Encoding: gzip`, as
 * some do with .gz files; bytes are wanted as they are published.
 *
 * @returns undefined when the server says that the file ends before `offset`.
 * @throws DownloadError for an answer that is not the file; a network error or an abort as it comes.
 */
export async function openHttpStream(
  url: string,
  offset: number,
  signal: AbortSignal,
): Promise<HttpStream | undefined> {
  let location = new URL(url);
  for (let redirects = 0; ; redirects++) {
    const body = await request(location, offset, signal);
    const status = body.statusCode ?? 0;
    const next = status >= 300 && status < 400 ? body.headers.location : undefined;
    if (next !== undefined) {
      body.destroy();
      location = redirectTarget(location, next, redirects);
      continue;
    }
    if (status === 416 && offset > 0) {
      body.destroy();
      return undefined;
    }
    try {
      return interpret(url, body, status, offset);
    } catch (error) {
      body.destroy();
      throw error;
    }
  }
}

function request(location: URL, offset: number, signal: AbortSignal): Promise<IncomingMessage> {
  const get = location.protocol === 'https:' ? httpsGet : httpGet;
  const headers = {
    'accept-encoding': 'identity',
    'user-agent': 'addernet',
    ...(offset > 0 ? {range: `bytes=${offset}-`} : {}),
  };
  return new Promise((resolve, reject) => {
    get(location, {headers, signal, agent: false}, resolve).on('error', reject);
  });
}

function redirectTarget(from: URL, to: string, redirects: number): URL {
  if (redirects >= MAX_REDIRECTS) {
    throw new DownloadError('answer', `${from.href} is the ${MAX_REDIRECTS}th redirect in a row; expected a file`);
  }
  const target = URL.canParse(to, from.href) ? new URL(to, from) : undefined;
  const allowed = from.protocol === 'https:' ? ['https:'] : ['https:', 'http:'];
  if (target === undefined || !allowed.includes(target.protocol)) {
    throw new DownloadError('answer', `${from.href} redirects to ${to}; expected ${allowed.join(' or ')}`);
  }
  return target;
}

function interpret(url: string, body: IncomingMessage, status: number, offset: number): HttpStream {
  const {headers} = body;
  if (status !== 200 && status !== 206) {
    throw new DownloadError(
      'answer',
      `${url} answers ${status} ${body.statusMessage ?? ''}; expected the file`.replace(' ;', ';'),
    );
  }
  if (headers['content-type']?.startsWith('text/html')) {
    throw new DownloadError(
      'answer',
      `${url} answers with a web page; expected the file (a network that asks for a login?)`,
    );
  }
  const length = wholeNumber(headers['content-length']);
  if (status === 200) return {start: 0, body, ...(length === undefined ? {} : {totalBytes: length})};
  const range = /^bytes (\d+)-\d+\/(\d+|\*)$/.exec(headers['content-range'] ?? '');
  if (range === null || Number(range[1]) !== offset) {
    const given = headers['content-range'] ?? 'no Content-Range';
    throw new DownloadError('answer', `${url} answers 206 with ${given}; expected bytes from ${offset} on`);
  }
  const total = wholeNumber(range[2]);
  return {start: offset, body, ...(total === undefined ? {} : {totalBytes: total})};
}

function wholeNumber(text: string | undefined): number | undefined {
  return text !== undefined && /^\d+$/.test(text) ? Number(text) : undefined;
}
