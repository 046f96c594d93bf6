// SPDX-License-Identifier: Apache-2.0
import {AddernetError} from '@addernet/core';
import {findBackend, util} from '@tensorflow/tfjs-core';
import {BACKEND_NAME, isWebgpuBackend, type WebgpuBackend} from './backend.js';
import {WebgpuDeviceLostError, WebgpuLimitError} from './errors.js';

type Device = WebgpuBackend['device'];

/** Why a device was lost; undefined while it works. */
const losses = new WeakMap<Device, {message: string | undefined}>();

/** @throws WebgpuDeviceLostError when the device is gone */
export function requireWorkingDevice(kernelName: string, {device}: WebgpuBackend): void {
  let loss = losses.get(device);
  if (loss === undefined) {
    const watched: {message: string | undefined} = {message: undefined};
    void device.lost.then((info) => {
      watched.message = reasonOf(info);
    });
    losses.set(device, watched);
    loss = watched;
  }
  if (loss.message !== undefined) throw deviceLost(`${kernelName}: `, loss.message);
}

/**
 * The loss of the device of TF.js's backend 'webgpu', whenever it comes. Values that are being read then reject with an error that does not say so;
 * a page races its work against this promise, once for all: `await Promise.race([train(), deviceLoss()])`.
 *
 * @returns rejects with WebgpuDeviceLostError once the device is lost; never resolves
 * @throws AddernetError (the promise rejects) where the backend 'webgpu' is not TF.js's, or is not there
 */
export async function deviceLoss(): Promise<never> {
  const backend: unknown = findBackend(BACKEND_NAME);
  if (!isWebgpuBackend(backend)) {
    throw new AddernetError(
      'ADDERNET_BACKEND',
      "deviceLoss: there is no backend 'webgpu' of TF.js; await tf.setBackend('webgpu') first",
    );
  }
  throw deviceLost('', reasonOf(await backend.device.lost));
}

const reasonOf = ({reason, message}: GPUDeviceLostInfo): string =>
  [reason, message].filter((text) => text !== '').join(': ');

function deviceLost(prefix: string, reason: string): WebgpuDeviceLostError {
  return new WebgpuDeviceLostError(
    `${prefix}backend 'webgpu' has lost its device (${reason}), and all tensors on it; the GPU was reset or is out of memory. ` +
      "Reload the page or start anew, with smaller batches, or start another backend: await tf.setBackend('wasm')",
  );
}

/** @throws WebgpuLimitError when no buffer that a shader of this device can see holds a float32 tensor of the shape */
export function requireBuffer(what: string, shape: readonly number[], {device: {limits}}: WebgpuBackend): void {
  const bytes = 4 * util.sizeFromShape([...shape]);
  const [name, limit] =
    limits.maxBufferSize < limits.maxStorageBufferBindingSize
      ? (['maxBufferSize', limits.maxBufferSize] as const)
      : (['maxStorageBufferBindingSize', limits.maxStorageBufferBindingSize] as const);
  if (bytes <= limit) return;
  throw new WebgpuLimitError(
    `${what} of shape [${shape.join(', ')}] needs ${bytes} bytes, and buffers of backend 'webgpu' hold up to ${limit} on this device (${name}); ` +
      "use a smaller batch or smaller images, or the backend 'wasm'",
  );
}

/**
 * Workgroups in three dimensions, at least as many as asked for.
 *
 * @throws WebgpuLimitError when the device cannot start so many at once
 */
export function dispatchOf(what: string, workgroups: number, {device}: WebgpuBackend): [number, number, number] {
  const most = device.limits.maxComputeWorkgroupsPerDimension;
  const rows = Math.ceil(workgroups / most);
  if (rows <= most) return [Math.ceil(workgroups / rows), rows, 1];
  throw new WebgpuLimitError(
    `${what} needs ${workgroups} workgroups, and backend 'webgpu' starts up to ${most} × ${most} on this device ` +
      "(maxComputeWorkgroupsPerDimension); use a smaller batch or smaller images, or the backend 'wasm'",
  );
}
