// SPDX-License-Identifier: Apache-2.0
import {afterAll, beforeAll, expect, it} from 'vitest';
import {type Bundle, bundleWithVite} from '../harness/bundle.ts';
import {describeInChromium, whyMissing} from '../harness/describe-in-chromium.ts';
import {PageSession} from '../harness/page-session.ts';
import type {StartRequest} from '../pages/backends.ts';
import type {DeviceLimitsPage} from '../pages/device-limits.ts';

/** Half a unit in the last place of float16, relative; of the terms, and of the sum. */
const FLOAT16_ERROR = 2 ** -11;

describeInChromium('limits of devices', () => {
  let bundle: Bundle;
  beforeAll(async () => {
    bundle = await bundleWithVite('device-limits');
  });
  afterAll(() => bundle?.close());

  async function withPage(
    request: StartRequest,
    skip: (reason: string) => void,
    use: (page: PageSession<DeviceLimitsPage>) => Promise<void>,
  ): Promise<void> {
    const page = await PageSession.open<DeviceLimitsPage>(bundle, 'device-limits');
    try {
      const missing = await whyMissing(request.backend, () => page.call('start', request, 60_000));
      if (missing !== undefined) return skip(missing);
      await use(page);
    } finally {
      await page.close();
    }
  }

  const webgl = (tfjsFlags: NonNullable<StartRequest['tfjsFlags']> = {}): StartRequest => ({
    backend: 'webgl',
    tfjsFlags,
  });

  it('textures in float16: inference to their precision, and no training', ({skip}) =>
    withPage(webgl({WEBGL_FORCE_F16_TEXTURES: true}), skip, async (page) => {
      const forward = await page.call('forward', null, 60_000);
      // Were it float32 after all, the error would be far smaller.
      expect(forward).toEqual({worstError: expect.any(Number)});
      const worstError = 'worstError' in forward ? forward.worstError : NaN;
      expect(worstError).toBeGreaterThan(FLOAT16_ERROR / 10);
      expect(worstError).toBeLessThan(2 * FLOAT16_ERROR);
      expect(await page.call('backward', null, 60_000)).toEqual({
        code: 'ADDERNET_WEBGL_CAPABILITY',
        message: expect.stringMatching(/training needs float32.*WEBGL_FORCE_F16_TEXTURES.*'wasm'/),
      });
      expect(page.errors).toEqual([]);
    }));

  it('textures that are too small: an error says so', ({skip}) =>
    withPage(webgl({WEBGL_MAX_TEXTURE_SIZE: 16}), skip, async (page) => {
      expect(await page.call('forward', null, 60_000)).toEqual({
        code: 'ADDERNET_WEBGL_TEXTURE_SIZE',
        message: expect.stringMatching(/^AdderConv2D: x needs .* 16 × 16 texels.*smaller batch/),
      });
    }));

  it('millions of elements: all come out right', ({skip}) =>
    withPage(webgl(), skip, async (page) => {
      const errors = await page.call('large', null, 120_000);
      console.log(`webgl, a large layer: ${JSON.stringify(errors)}`);
      expect(Object.keys(errors)).toHaveLength(6);
      for (const error of Object.values(errors)) expect(error).toBeLessThan(1e-5);
      expect(page.errors).toEqual([]);
    }));

  it('a lost context: an error says so, and the page goes on with another backend', ({skip}) =>
    withPage(webgl(), skip, async (page) => {
      expect(await page.call('forward', null, 60_000)).toEqual({worstError: expect.closeTo(0, 5)});
      expect(await page.call('loseContext', null, 60_000)).toEqual({
        code: 'ADDERNET_WEBGL_CONTEXT_LOST',
        message: expect.stringMatching(/^backend 'webgl' has lost its WebGL context.*Reload the page/),
      });
      for (const call of ['forward', 'backward'] as const) {
        expect(await page.call(call, null, 60_000)).toEqual({
          code: 'ADDERNET_WEBGL_CONTEXT_LOST',
          message: expect.stringMatching(/^AdderConv2D: backend 'webgl' has lost its WebGL context.*Reload the page/),
        });
      }
      await page.call('start', {backend: 'cpu'}, 60_000);
      expect(await page.call('forward', null, 60_000)).toEqual({worstError: expect.closeTo(0, 5)});
      expect(await page.call('backward', null, 60_000)).toEqual({worstError: 0});
    }));

  it('a buffer that is too large: an error says so', ({skip}) =>
    withPage({backend: 'webgpu'}, skip, async (page) => {
      expect(await page.call('tooLarge', null, 60_000)).toEqual({
        code: 'ADDERNET_WEBGPU_LIMIT',
        message: expect.stringMatching(
          /^AdderConv2D: a result of shape \[1, 64, 64, 262144\] needs 4294967296 bytes.*smaller batch/,
        ),
      });
      expect(await page.call('forward', null, 60_000)).toEqual({worstError: expect.closeTo(0, 5)});
    }));

  it('a lost device: an error says so, and the page goes on with another backend', ({skip}) =>
    withPage({backend: 'webgpu'}, skip, async (page) => {
      expect(await page.call('forward', null, 60_000)).toEqual({worstError: expect.closeTo(0, 5)});
      expect(await page.call('loseDevice', null, 60_000)).toEqual({
        code: 'ADDERNET_WEBGPU_DEVICE_LOST',
        message: expect.stringMatching(/^backend 'webgpu' has lost its device \(destroyed.*Reload the page/),
      });
      for (const call of ['forward', 'backward'] as const) {
        expect(await page.call(call, null, 60_000)).toEqual({
          code: 'ADDERNET_WEBGPU_DEVICE_LOST',
          message: expect.stringMatching(
            /^AdderConv2D: backend 'webgpu' has lost its device \(destroyed.*Reload the page/,
          ),
        });
      }
      await page.call('start', {backend: 'cpu'}, 60_000);
      expect(await page.call('forward', null, 60_000)).toEqual({worstError: expect.closeTo(0, 5)});
      expect(await page.call('backward', null, 60_000)).toEqual({worstError: 0});
    }));
});
