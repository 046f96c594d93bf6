// SPDX-License-Identifier: Apache-2.0
import {opRecords} from '@addernet/conformance';
import {afterAll, beforeAll, describe, expect, it} from 'vitest';
import {type Bundle, bundleWithVite} from '../harness/bundle.ts';
import {WITHOUT_ZEROING} from '../harness/chromium.ts';
import {describeInChromium, whyMissing} from '../harness/describe-in-chromium.ts';
import {type OpenPageOptions, PageSession} from '../harness/page-session.ts';
import type {ConformancePage} from '../pages/conformance.ts';
import type {StartRequest} from '../pages/backends.ts';
import type {Environment} from '../pages/environment.ts';

/** A backend in a page of a kind. */
interface Setting extends OpenPageOptions, StartRequest {
  readonly name: string;
  readonly minify?: boolean;
  /** What the environment must say, so that no other thing is tested than the name says. */
  readonly expected?: Environment;
}

/** V8 has vector instructions on x86 from SSSE3 and SSE4.1 on only. */
const WITHOUT_SIMD = '--js-flags=--no-enable-ssse3 --no-enable-sse4-1';

/** Time limit of one op, ms. */
const LIMIT = 240_000;

const SETTINGS: readonly Setting[] = [
  {name: 'cpu', backend: 'cpu'},
  {name: 'wasm', backend: 'wasm', expected: {simd: true, memory: 'unshared'}},
  {
    name: 'wasm without SIMD, by flag',
    backend: 'wasm',
    tfjsFlags: {WASM_HAS_SIMD_SUPPORT: false},
    expected: {simd: false},
  },
  ...(process.arch === 'x64'
    ? [
        {
          name: 'wasm in an engine without SIMD',
          backend: 'wasm',
          chromiumFlags: [WITHOUT_SIMD],
          expected: {simd: false},
        } as const,
      ]
    : []),
  {
    name: 'wasm, cross-origin isolated',
    backend: 'wasm',
    isolated: true,
    expected: {simd: true, isolated: true, memory: 'unshared'},
  },
  {
    name: 'wasm, cross-origin isolated, TF.js’s threaded build',
    backend: 'wasm',
    isolated: true,
    tfjsFlags: {WASM_HAS_MULTITHREAD_SUPPORT: true},
    // Minified, its workers cannot start: they get the text of a function that refers to a variable of the bundle.
    minify: false,
    expected: {simd: true, isolated: true, memory: 'shared'},
  },
  {name: 'webgl', backend: 'webgl', expected: {webgl: 2, float32Textures: true}},
  {
    name: 'webgpu',
    backend: 'webgpu',
    chromiumFlags: [WITHOUT_ZEROING],
    expected: {adapter: expect.stringContaining('swiftshader')},
  },
];

const bundles = new Map<boolean, Promise<Bundle>>();

/** The page is the same for all backends: it is bundled once, minified, and once not. */
function bundle(minify: boolean): Promise<Bundle> {
  const known = bundles.get(minify) ?? bundleWithVite('conformance', {minify});
  bundles.set(minify, known);
  return known;
}

afterAll(async () => {
  for (const made of bundles.values()) await (await made).close();
});

describeInChromium('conformance in Chromium', () => {
  describe.each(SETTINGS)('$name', ({name, backend, tfjsFlags = {}, minify = true, expected = {}, ...options}) => {
    let page: PageSession<ConformancePage>;
    let missing: string | undefined;
    let environment: Environment = {};

    beforeAll(async () => {
      page = await PageSession.open(await bundle(minify), 'conformance', options);
      missing = await whyMissing(name, async () => {
        environment = await page.call('start', {backend, tfjsFlags}, 60_000);
        return environment;
      });
      if (missing === undefined) expect(environment).toMatchObject(expected);
    });
    afterAll(() => page?.close());

    it.for(opRecords.map((record) => record.name))('%s', async (op, {skip}) => {
      if (missing !== undefined) skip(missing);
      const {passed, failed, cases, failures, seconds} = await page.call('conformance', {backend, op}, LIMIT);
      console.log(`${name}: ${op}, ${passed} checks of ${cases} cases in ${seconds.toFixed(1)} s`);
      expect(failures).toBe('');
      expect(failed).toBe(0);
      expect(passed).toBeGreaterThan(cases);
      expect(page.errors).toEqual([]);
    });
  });
});
