// SPDX-License-Identifier: Apache-2.0
import {defineConfig} from 'vite';

/** What gives a page shared memory, and so threads to the wasm backend. Wherever else the page is served, the server must send these too. */
const headers = {'Cross-Origin-Opener-Policy': 'same-origin', 'Cross-Origin-Embedder-Policy': 'require-corp'};

export default defineConfig({
  // Works from any folder of a server.
  base: './',
  worker: {format: 'es'},
  server: {headers},
  preview: {headers},
  build: {chunkSizeWarningLimit: 2500},
});
