// SPDX-License-Identifier: Apache-2.0
// What an application takes in with the published packages, by the lock file: their dependencies and those of these, on every platform.
import {readFileSync} from 'node:fs';
import path from 'node:path';
import satisfies from 'spdx-satisfies';
import {expect, it} from 'vitest';
import {published, workspace} from '../entries.mjs';

/** Licences that ask an application for no more than to name authors and licence. */
const ALLOWED = [
  '0BSD',
  'Apache-2.0',
  'BlueOak-1.0.0',
  'BSD-2-Clause',
  'BSD-3-Clause',
  'ISC',
  'MIT',
  'Python-2.0',
  'Unlicense',
];

/** Others, each with the reason for which it is taken. */
const EXCEPTIONS: Readonly<Record<string, {readonly licence: string; readonly reason: string}>> = {
  '@img/sharp-': {
    licence: 'LGPL-3.0-or-later',
    reason:
      'libvips, a library of its own that sharp loads and that can be replaced; only @addernet/datasets/node, for folders of images',
  },
};

interface Locked {
  readonly version?: string;
  readonly license?: string;
  readonly link?: boolean;
  readonly resolved?: string;
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly optionalDependencies?: Readonly<Record<string, string>>;
  readonly peerDependencies?: Readonly<Record<string, string>>;
  readonly peerDependenciesMeta?: Readonly<Record<string, {readonly optional?: boolean}>>;
}

const lock: {readonly packages: Readonly<Record<string, Locked>>} = JSON.parse(
  readFileSync(path.join(workspace, 'package-lock.json'), 'utf8'),
);

/** Where Node would find a package, from the folder of another; undefined where it is not installed. */
function locate(name: string, from: string): string | undefined {
  for (let folder = from; ; folder = folder === '.' ? '' : path.posix.dirname(folder)) {
    const location = path.posix.join(folder, 'node_modules', name);
    const found = lock.packages[location];
    if (found !== undefined) return found.link === true ? found.resolved : location;
    if (folder === '') return undefined;
  }
}

function collect(location: string, into: Map<string, Locked>): void {
  const locked = lock.packages[location];
  if (locked === undefined || into.has(location)) return;
  into.set(location, locked);
  const {dependencies, optionalDependencies, peerDependencies, peerDependenciesMeta} = locked;
  for (const name of Object.keys({...peerDependencies, ...dependencies, ...optionalDependencies})) {
    const found = locate(name, location);
    const optional = peerDependenciesMeta?.[name]?.optional === true || name in (optionalDependencies ?? {});
    if (found === undefined && !optional) throw new Error(`${location} needs ${name}, which the lock file has not`);
    // An optional peer is the application's own choice.
    if (found !== undefined && peerDependenciesMeta?.[name]?.optional !== true) collect(found, into);
  }
}

const production = new Map<string, Locked>();
for (const {folder} of published) collect(path.relative(workspace, folder), production);

const nameOf = (location: string): string =>
  location.slice(location.lastIndexOf('node_modules/') + 'node_modules/'.length);
const exceptionFor = (location: string): string[] =>
  Object.entries(EXCEPTIONS).flatMap(([start, {licence}]) => (nameOf(location).startsWith(start) ? [licence] : []));

it('everything that published packages bring along is under a licence that applications can take', () => {
  const refused = [...production].flatMap(([location, {license, version}]) =>
    license !== undefined && satisfies(license, [...ALLOWED, ...exceptionFor(location)])
      ? []
      : [`${nameOf(location)}@${version}: ${license ?? 'no licence'}`],
  );
  expect(refused).toEqual([]);
});

it('looks at the whole tree', () => {
  const names = new Set([...production.keys()].map(nameOf));
  // A dependency, one of a dependency, a peer, an optional one; and none that only this repository's development needs.
  for (const name of ['inversify', '@inversifyjs/core', '@tensorflow/tfjs-core', '@img/sharp-linux-x64'])
    expect(names).toContain(name);
  for (const name of ['vitepress', 'eslint', 'assemblyscript']) expect(names).not.toContain(name);
});

it('has no exception that nothing needs', () => {
  for (const [start, {licence}] of Object.entries(EXCEPTIONS)) {
    const found = [...production].filter(([location]) => nameOf(location).startsWith(start));
    expect(found.some(([, {license = 'MIT'}]) => !satisfies(license, ALLOWED) && license.includes(licence))).toBe(true);
  }
});
