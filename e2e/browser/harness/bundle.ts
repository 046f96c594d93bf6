// SPDX-License-Identifier: Apache-2.0
import {mkdtemp, rm} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {fileURLToPath} from 'node:url';
import {build} from 'vite';

/** A page's files, ready to be served. */
export interface Bundle {
  readonly folder: string;
  /** Deletes the files. */
  close(): Promise<void>;
}

export interface BundleOptions {
  /** Default true, as in production. */
  readonly minify?: boolean;
}

/** pages/. */
export const PAGES = fileURLToPath(new URL('../pages/', import.meta.url));

/**
 * Bundles pages/NAME.html with vite, whose settings here are those of a new project: packages are found through their exports, so it is the built
 * files that are tested.
 */
export async function bundleWithVite(name: string, {minify = true}: BundleOptions = {}): Promise<Bundle> {
  const bundle = await emptyBundle(name);
  await build({
    root: PAGES,
    configFile: false,
    logLevel: 'error',
    build: {
      outDir: bundle.folder,
      emptyOutDir: true,
      rolldownOptions: {input: join(PAGES, `${name}.html`)},
      ...(minify ? {} : {minify}),
    },
  });
  return bundle;
}

/** An empty folder for a bundle, deleted with it. */
export async function emptyBundle(name: string): Promise<Bundle> {
  const folder = await mkdtemp(join(tmpdir(), `addernet-${name}-`));
  return {folder, close: () => rm(folder, {recursive: true, force: true})};
}
