// SPDX-License-Identifier: Apache-2.0
import {util} from '@tensorflow/tfjs-core';
import type {WebgpuBackend} from './backend.js';
import {WebgpuDeviceLostError, WebgpuLimitError} from './errors.js';

type Device = WebgpuBackend['device'];

/** Why a device was lost; undefined while it works. */
const losses = new WeakMap<Device, {message: string | undefined}>();

/** @throws WebgpuDeviceLostError when the device is gone */
export function requireWorkingDevice(kernelName: string, {device}: WebgpuBackend): void {
  let loss = losses.get(device);
  if (loss === undefined) {
    const watched: {message: string | undefined} = {message: undefined};
    void device.lost.then(({reason, message}) => {
      watched.message = [reason, message].filter((text) => text !== '').join(': ');
    });
    losses.set(device, watched);
    loss = watched;
  }
  if (loss.message !== undefined) {
    throw new WebgpuDeviceLostError(
      `${kernelName}: backend 'webgpu' has lost its device (${loss.message}), and all tensors on it; the GPU was reset or is out of memory. ` +
        "Reload the page or start anew, with smaller batches, or start another backend: await tf.setBackend('wasm')",
    );
  }
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
