// SPDX-License-Identifier: Apache-2.0
import {type Browser, chromium} from 'playwright-core';
import {findChromium, USUAL_PLACES} from './find-chromium.mjs';

/**
 * WebGL and WebGPU on SwiftShader, so that they are there without a GPU and answer the same everywhere; the others keep Chromium, also as root,
 * from asking the network.
 */
const FLAGS = [
  '--headless=new',
  '--use-angle=swiftshader',
  '--enable-unsafe-swiftshader',
  '--enable-unsafe-webgpu',
  '--use-webgpu-adapter=swiftshader',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  '--no-first-run',
];

/**
 * Leaves workgroup memory as it is where WebGPU would fill it with zeros. SwiftShader compiles that into one store for each number of a tile, which takes four fifths of the time of a test with many
 * shaders. No shader may count on those zeros; training of a small network, the playground and the devices' limits run without this flag, as in a user's browser.
 */
export const WITHOUT_ZEROING = '--enable-dawn-features=disable_workgroup_init';

/** Whether what is missing is an error. */
export const inCi = () => process.env.CI !== undefined && process.env.CI !== '' && process.env.CI !== 'false';

/** Starts Chromium, headless, with a profile of its own that is deleted when it closes. */
export async function launchChromium(flags: readonly string[] = []): Promise<Browser> {
  const executablePath = findChromium();
  if (executablePath === undefined) {
    throw new Error(
      `no Chromium at ${USUAL_PLACES.join(', ')}; install it (apt-get install chromium) or set CHROMIUM_PATH`,
    );
  }
  return chromium.launch({executablePath, args: [...FLAGS, ...flags], chromiumSandbox: false, timeout: 60_000});
}
