// SPDX-License-Identifier: Apache-2.0
import {preview} from 'vite';

export interface Server {
  /** Ends in a slash. */
  readonly url: string;
  close(): Promise<void>;
}

export interface ServeOptions {
  /** Whether pages are cross-origin isolated, which is what gives them shared memory. Default false. */
  readonly isolated?: boolean;
}

const ISOLATION = {'Cross-Origin-Opener-Policy': 'same-origin', 'Cross-Origin-Embedder-Policy': 'require-corp'};

/** Serves a folder on a free port of this machine. */
export async function serve(folder: string, {isolated = false}: ServeOptions = {}): Promise<Server> {
  const server = await preview({
    configFile: false,
    logLevel: 'error',
    appType: 'mpa',
    build: {outDir: folder},
    preview: {host: '127.0.0.1', port: 0, headers: isolated ? ISOLATION : {}},
  });
  const url = server.resolvedUrls?.local[0];
  if (url === undefined) throw new Error(`vite's preview server of ${folder} tells no address`);
  return {url, close: () => server.close()};
}
