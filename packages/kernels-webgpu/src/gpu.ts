// SPDX-License-Identifier: Apache-2.0
import {WebgpuUnavailableError} from './errors.js';

/** What the package needs of npm's `webgpu`, Dawn for Node. */
interface Dawn {
  readonly create: (options: string[]) => unknown;
  readonly globals: object;
}

const isDawn = (loaded: unknown): loaded is Dawn =>
  typeof loaded === 'object' &&
  loaded !== null &&
  'create' in loaded &&
  typeof loaded.create === 'function' &&
  'globals' in loaded &&
  typeof loaded.globals === 'object';

const inNode = () => typeof process !== 'undefined' && process.versions?.node !== undefined;

/**
 * Makes sure that there is WebGPU, and an adapter for it: the browser's, or in Node that of npm's package `webgpu`, which then is `navigator.gpu`. TF.js's backend
 * looks for it when its package is imported.
 *
 * @throws WebgpuUnavailableError which says what to install or to set
 */
export async function requireGpu(): Promise<GPUAdapter> {
  if (globalThis.navigator?.gpu === undefined) {
    if (!inNode()) {
      throw new WebgpuUnavailableError(
        'this browser offers no WebGPU; use a newer one, over https or from localhost, or another backend',
      );
    }
    const dawn = await loadDawn();
    if (lacksVulkanLoader()) throw new WebgpuUnavailableError(`there is no libvulkan.so.1 for WebGPU. ${VULKAN_HINT}`);
    provide(dawn);
  }
  const adapter = await navigator.gpu.requestAdapter();
  if (adapter !== null) return adapter;
  throw new WebgpuUnavailableError(
    inNode()
      ? `WebGPU finds no adapter. ${VULKAN_HINT}`
      : 'WebGPU finds no adapter: this browser has no GPU that it trusts, or hardware acceleration is off; see chrome://gpu',
  );
}

const VULKAN_HINT =
  'On Linux it needs the Vulkan loader and the driver of the GPU (on Debian libvulkan1 and mesa-vulkan-drivers or the vendor’s). ' +
  'Without a GPU, SwiftShader computes on the processor, which is slow: it comes with Debian’s package chromium, and is found with ' +
  'LD_LIBRARY_PATH=/usr/lib/chromium VK_ICD_FILENAMES=/usr/lib/chromium/vk_swiftshader_icd.json set before Node starts';

/** Whether the system lacks Vulkan's loader, without which Dawn, on Linux, finds nothing and complains on standard error. */
function lacksVulkanLoader(): boolean {
  if (process.platform !== 'linux') return false;
  try {
    process.dlopen({exports: {}}, 'libvulkan.so.1');
    return false;
  } catch (error) {
    // A library that is there is no module of Node's, which is another error.
    return String(error).includes('cannot open shared object file');
  }
}

async function loadDawn(): Promise<Dawn> {
  // By a name that bundlers do not follow: pages have no need of it.
  const name = 'webgpu';
  let loaded: unknown;
  try {
    loaded = await import(/* @vite-ignore */ name);
  } catch (error) {
    throw new WebgpuUnavailableError(
      `there is no WebGPU in Node without the package 'webgpu' (Dawn): npm install webgpu@0.6.2 (${error instanceof Error ? error.message : String(error)})`,
      {cause: error},
    );
  }
  if (isDawn(loaded)) return loaded;
  throw new WebgpuUnavailableError(
    "the package 'webgpu' is not Dawn for Node: expected exports create and globals; npm install webgpu@0.6.2",
  );
}

/** Makes Dawn the global WebGPU, as a browser has it. */
function provide({create, globals}: Dawn): void {
  Object.assign(globalThis, globals);
  // From Node 21 on there is a navigator, which keeps what else it has.
  const gpu = {value: create([]), configurable: true, enumerable: true};
  if (globalThis.navigator === undefined) {
    Object.defineProperty(globalThis, 'navigator', {value: Object.defineProperty({}, 'gpu', gpu), configurable: true});
  } else {
    Object.defineProperty(globalThis.navigator, 'gpu', gpu);
  }
}
