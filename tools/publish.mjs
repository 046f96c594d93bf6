// SPDX-License-Identifier: Apache-2.0
// Publishes every package whose version the registry has not yet (`npm run release:publish`), with provenance where NPM_CONFIG_PROVENANCE says so.
// Provenance needs each package.json to name the repository that it is built in. That is whichever the workflow runs in, so it is written here.
import {spawnSync} from 'node:child_process';
import {readFileSync, writeFileSync} from 'node:fs';
import path from 'node:path';
import {published, workspace} from '../docs/entries.mjs';

const {GITHUB_SERVER_URL = 'https://github.com', GITHUB_REPOSITORY} = process.env;

function run(command, ...args) {
  const {status} = spawnSync(command, args, {cwd: workspace, stdio: 'inherit'});
  if (status !== 0) process.exit(status ?? 1);
}

run('npm', 'run', 'build');
if (GITHUB_REPOSITORY !== undefined) {
  for (const {folder} of published) {
    const file = path.join(folder, 'package.json');
    const manifest = JSON.parse(readFileSync(file, 'utf8'));
    const directory = path.relative(workspace, folder).replaceAll(path.sep, '/');
    manifest.repository = {type: 'git', url: `git+${GITHUB_SERVER_URL}/${GITHUB_REPOSITORY}.git`, directory};
    writeFileSync(file, `${JSON.stringify(manifest, undefined, 2)}\n`);
  }
}
// `changeset publish` calls `npm publish` for each and prints the tags that changesets/action reads.
run('npx', 'changeset', 'publish');
