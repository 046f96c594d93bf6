// SPDX-License-Identifier: Apache-2.0
import {createServer, type IncomingMessage, type ServerResponse} from 'node:http';

/** How a request is answered. */
interface Behaviour {
  /** Answer with this status and no file. */
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
  /** Send the whole file although a range was asked for. */
  readonly ignoreRange?: boolean;
  /** Send so many bytes, then cut the connection. */
  readonly cutAfter?: number;
  /** Send so many bytes, then nothing more. */
  readonly stallAfter?: number;
  /** Pause between chunks of 4 KiB, in milliseconds. */
  readonly slowBy?: number;
  /** Content in place of the file's. */
  readonly content?: Uint8Array;
}

export interface FileServer {
  readonly url: string;
  /** What was asked for, in order. */
  readonly requests: {readonly path: string; readonly range: string | undefined}[];
  /** Behaviours of the next requests, in order; then the last one given to `always`. */
  readonly next: Behaviour[];
  always: Behaviour;
  close(): Promise<void>;
}

/** A server on 127.0.0.1 for the files in `files` (by path, e.g. '/a.bin'). */
export async function startFileServer(files: Readonly<Record<string, Uint8Array>>): Promise<FileServer> {
  const requests: FileServer['requests'] = [];
  const next: Behaviour[] = [];
  const server = createServer((request, response) => {
    const path = request.url ?? '';
    requests.push({path, range: request.headers.range});
    void answer(request, response, files[path], next.shift() ?? handle.always);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  const handle: FileServer = {
    url: `http://127.0.0.1:${address.port}`,
    requests,
    next,
    always: {},
    close: () =>
      new Promise((resolve) => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  };
  return handle;
}

async function answer(
  request: IncomingMessage,
  response: ServerResponse,
  file: Uint8Array | undefined,
  behaviour: Behaviour,
): Promise<void> {
  response.on('error', () => undefined);
  const content = behaviour.content ?? file;
  if (behaviour.status !== undefined || content === undefined) {
    response.writeHead(behaviour.status ?? 404, behaviour.headers).end('not the file');
    return;
  }
  const asked = /^bytes=(\d+)-$/.exec(request.headers.range ?? '');
  const from = asked && !behaviour.ignoreRange ? Number(asked[1]) : 0;
  if (asked && from >= content.length) {
    response.writeHead(416, {'content-range': `bytes */${content.length}`}).end();
    return;
  }
  const body = content.subarray(from);
  const range = {'content-range': `bytes ${from}-${content.length - 1}/${content.length}`};
  response.writeHead(asked && !behaviour.ignoreRange ? 206 : 200, {
    'content-length': body.length,
    ...(asked && !behaviour.ignoreRange ? range : {}),
    ...behaviour.headers,
  });
  const limit = behaviour.cutAfter ?? behaviour.stallAfter ?? body.length;
  const step = behaviour.slowBy === undefined ? 65_536 : 4_096;
  for (let at = 0; at < Math.min(limit, body.length); at += step) {
    const chunk = body.subarray(at, Math.min(at + step, limit));
    await new Promise<void>((resolve) => response.write(chunk, () => resolve()));
    if (behaviour.slowBy !== undefined) await new Promise((resolve) => setTimeout(resolve, behaviour.slowBy));
    if (response.destroyed) return;
  }
  if (behaviour.stallAfter !== undefined) return;
  if (behaviour.cutAfter !== undefined && behaviour.cutAfter < body.length) {
    setTimeout(() => response.destroy(), 20); // after what was written is on its way
    return;
  }
  response.end();
}
