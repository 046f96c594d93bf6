// SPDX-License-Identifier: Apache-2.0
import {cp} from 'node:fs/promises';
import {join} from 'node:path';
import {fileURLToPath} from 'node:url';
import webpack from 'webpack';
import {type Bundle, emptyBundle, PAGES} from './bundle.ts';

/** Bundles pages/NAME.ts with webpack for production. Besides reading TypeScript, nothing is configured. */
export async function bundleWithWebpack(name: string): Promise<Bundle> {
  const bundle = await emptyBundle(name);
  const compiler = webpack({
    mode: 'production',
    context: PAGES,
    entry: `./${name}.ts`,
    output: {path: bundle.folder, filename: `${name}.js`},
    module: {rules: [{test: /\.ts$/, loader: fileURLToPath(new URL('typescript-loader.mjs', import.meta.url))}]},
    resolve: {extensionAlias: {'.js': ['.ts', '.js']}},
  });
  if (compiler === null) throw new Error(`webpack makes no compiler for ${name}`);
  const stats = await new Promise<webpack.Stats | undefined>((resolve, reject) =>
    compiler.run((error, result) => (error ? reject(error) : resolve(result))),
  );
  await new Promise<void>((resolve, reject) => compiler.close((error) => (error ? reject(error) : resolve())));
  if (stats === undefined || stats.hasErrors()) throw new Error(`webpack: ${stats?.toString('errors-only')}`);
  await cp(join(PAGES, `${name}.webpack.html`), join(bundle.folder, `${name}.html`));
  return bundle;
}
