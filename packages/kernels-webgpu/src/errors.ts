// SPDX-License-Identifier: Apache-2.0
import {AddernetError} from '@addernet/core';

/** A tensor, or a number of workgroups, beyond a limit of the device. The message names the limit and says what to use instead. */
export class WebgpuLimitError extends AddernetError {
  constructor(message: string, options?: ErrorOptions) {
    super('ADDERNET_WEBGPU_LIMIT', message, options);
  }
}

/** The device was lost: all tensors on the backend are gone. */
export class WebgpuDeviceLostError extends AddernetError {
  constructor(message: string, options?: ErrorOptions) {
    super('ADDERNET_WEBGPU_DEVICE_LOST', message, options);
  }
}

/** There is no WebGPU here, or no adapter for it. The message says what to install or to set. */
export class WebgpuUnavailableError extends AddernetError {
  constructor(message: string, options?: ErrorOptions) {
    super('ADDERNET_WEBGPU_UNAVAILABLE', message, options);
  }
}
