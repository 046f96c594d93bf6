// SPDX-License-Identifier: Apache-2.0
import {backend, engine, Tensor, type TensorInfo} from '@tensorflow/tfjs-core';

/**
 * A kernel's input as a tensor that TF.js's ops take. An op hands in tensors; another kernel may hand in bare handles, which become tensors of the
 * current tidy that share the data.
 */
export function asTensor(info: TensorInfo): Tensor {
  if (info instanceof Tensor) return info;
  backend().incRef(info.dataId);
  return engine().makeTensorFromTensorInfo(info);
}
