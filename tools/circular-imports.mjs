// SPDX-License-Identifier: Apache-2.0
// Fails where modules import each other in a circle: which of them runs first then depends on who is imported first. Imports of types count as none, since nothing is
// left of them. Between packages the lint rule @nx/enforce-module-boundaries sees to the same.
import {existsSync, readdirSync} from 'node:fs';
import {dirname, join} from 'node:path';
import {fileURLToPath} from 'node:url';
import {build} from 'vite';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
/** Folders of a package whose modules are looked at; AssemblyScript's know no order. */
const FOLDERS = ['src', 'test', 'bench', 'harness', 'pages'];

const modules = ['packages', 'e2e', 'tools']
  .flatMap((group) => readdirSync(join(root, group)).map((name) => join(root, group, name)))
  .flatMap((project) => FOLDERS.map((name) => join(project, name)).filter((folder) => existsSync(folder)))
  .flatMap((folder) => readdirSync(folder, {recursive: true}).map((name) => join(folder, name)))
  .filter((file) => /(?<!\.d)\.(ts|mts|mjs)$/.test(file) && !file.includes('fixtures'));

/** Two modules in a circle: as long as they are told, the bundler looks. */
const CIRCLE = {'\0circle/first': "import '\0circle/second';", '\0circle/second': "import '\0circle/first';"};

const circles = [];
await build({
  root,
  configFile: false,
  publicDir: false,
  logLevel: 'silent',
  plugins: [
    {name: 'circle', enforce: 'pre', resolveId: (id) => (id in CIRCLE ? id : undefined), load: (id) => CIRCLE[id]},
  ],
  build: {
    ssr: true,
    write: false,
    rolldownOptions: {
      input: [...modules, '\0circle/first'],
      // Packages stay outside, our own included.
      external: (id) => !/^[./\0]|^[A-Za-z]:/.test(id),
      checks: {circularDependency: true},
      onLog(_level, {code, message}) {
        if (code === 'CIRCULAR_DEPENDENCY')
          circles.push(message.replace(/^.*Circular dependency: /s, '').replace(/\.\s*$/, ''));
      },
    },
  },
});

const found = circles.filter((circle) => !circle.includes('circle/first ->'));
if (found.length === circles.length)
  throw new Error('the bundler does not tell of circular imports any more, not even of the one that is made here');
for (const circle of found) console.error(circle);
console.log(
  `${modules.length} modules, ${found.length === 0 ? 'no' : found.length} circular import${found.length === 1 ? '' : 's'}`,
);
process.exitCode = found.length > 0 ? 1 : 0;
