// SPDX-License-Identifier: Apache-2.0
import {readFileSync} from 'node:fs';
import {z} from 'zod';

const manifest = z.object({
  name: z.string(),
  version: z.string(),
  dependencies: z.record(z.string(), z.string()).optional(),
});

function read(url: URL | string): z.output<typeof manifest> {
  return manifest.parse(JSON.parse(readFileSync(new URL(url), 'utf8')));
}

const own = (): z.output<typeof manifest> => read(new URL('../package.json', import.meta.url));

/** Version of this package. */
export const cliVersion = (): string => own().version;

/** Versions of the Addernet packages that the command is composed of, for environment.json. */
export function packageVersions(): Record<string, string> {
  const {name, version, dependencies = {}} = own();
  const versions: Record<string, string> = {[name]: version};
  for (const dependency of Object.keys(dependencies).filter((key) => key.startsWith('@addernet/'))) {
    versions[dependency] = read(import.meta.resolve(`${dependency}/package.json`)).version;
  }
  return versions;
}
