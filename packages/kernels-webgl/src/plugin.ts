// SPDX-License-Identifier: Apache-2.0
import {AddernetError} from '@addernet/core';
import {type BackendProvider, tokens} from '@addernet/plugin';
import {backend, env, ready, setBackend} from '@tensorflow/tfjs-core';
import {ContainerModule} from 'inversify';
import {BACKEND_NAME, isWebglBackend} from './backend.js';
import {register} from './index.js';

/** The GPU by way of WebGL 2, in browsers. */
export const webglBackend: BackendProvider = {
  name: BACKEND_NAME,
  description: "TF.js's webgl backend with shaders for training and inference; needs a browser with WebGL 2",
  kernelPackage: '@addernet/kernels-webgl',
  speed: 'fast',
  // Below wasm: what a GPU is worth is not known before it has run, and without one browsers draw with the processor, many times slower than wasm.
  priority: 15,
  async unavailableReason() {
    if (typeof OffscreenCanvas === 'undefined' && typeof document === 'undefined') {
      return 'there is no WebGL outside browsers';
    }
    try {
      await importBackend();
    } catch (error) {
      return `@tensorflow/tfjs-backend-webgl cannot be loaded: ${error instanceof Error ? error.message : String(error)}`;
    }
    const version = env().getNumber('WEBGL_VERSION');
    if (version >= 2) return undefined;
    return version === 0 ? 'the browser offers no WebGL' : `the browser offers WebGL ${version}; WebGL 2 is needed`;
  },
  async start() {
    await importBackend();
    register();
    if (!(await setBackend(BACKEND_NAME))) {
      throw new AddernetError('ADDERNET_BACKEND', `TF.js could not start its backend '${BACKEND_NAME}'`);
    }
    await ready();
  },
  async details() {
    const {version_webgl: version} = await importBackend();
    return {
      'tfjs-backend-webgl': version,
      webgl: String(env().getNumber('WEBGL_VERSION')),
      float32: env().getBool('WEBGL_RENDER_FLOAT32_ENABLED') ? 'yes' : 'no',
      'max-texture-size': String(env().getNumber('WEBGL_MAX_TEXTURE_SIZE')),
      renderer: rendererName(),
    };
  },
};

/** Importing TF.js's package registers the backend, so it waits until the backend is asked for. */
const importBackend = () => import('@tensorflow/tfjs-backend-webgl');

/** What the browser says that it draws with. */
function rendererName(): string {
  const started: unknown = backend();
  if (!isWebglBackend(started)) return 'not started';
  const {gl} = started.getGPGPUContext();
  const info = gl.getExtension('WEBGL_debug_renderer_info');
  return String(gl.getParameter(info?.UNMASKED_RENDERER_WEBGL ?? gl.RENDERER));
}

/** Binds the backend 'webgl'. */
const webglBackendModule = new ContainerModule(({bind}) => {
  bind(tokens.backend).toConstantValue(webglBackend);
});

export {webglBackendModule};
export default webglBackendModule;
