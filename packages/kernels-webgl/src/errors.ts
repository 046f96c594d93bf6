// SPDX-License-Identifier: Apache-2.0
import {AddernetError} from '@addernet/core';

/** Something that this device's WebGL cannot do: WebGL 2 itself, or sums in float32. The message says what to use instead. */
export class WebglCapabilityError extends AddernetError {
  constructor(message: string, options?: ErrorOptions) {
    super('ADDERNET_WEBGL_CAPABILITY', message, options);
  }
}

/** A tensor, or what a kernel makes of it on the way, that needs a larger texture than the device has. */
export class WebglTextureSizeError extends AddernetError {
  constructor(message: string, options?: ErrorOptions) {
    super('ADDERNET_WEBGL_TEXTURE_SIZE', message, options);
  }
}

/** The browser took the WebGL context away: all tensors on the backend are gone. */
export class WebglContextLostError extends AddernetError {
  constructor(message: string, options?: ErrorOptions) {
    super('ADDERNET_WEBGL_CONTEXT_LOST', message, options);
  }
}
