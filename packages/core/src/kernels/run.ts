// SPDX-License-Identifier: Apache-2.0
import {engine, type NamedAttrMap, type NamedTensorMap, type Tensor, type Tensor4D} from '@tensorflow/tfjs-core';
import {KernelCallError} from '../errors.js';
import {ensureKernel} from './composed/ensure-kernel.js';
import type {AddernetKernelName, KernelTable} from './contract.js';

type Inputs<Name extends AddernetKernelName> = {readonly [Input in keyof KernelTable[Name]['inputs']]: Tensor};
/** The kernel's own attributes; there may be more, for its gradient. */
type Attributes<Name extends AddernetKernelName> = KernelTable[Name]['attrs'] & NamedAttrMap;

/** The kernels of one output whose rank is not 4. */
type OfOtherRank = 'BatchNormInference';

/** Runs a kernel of one output, 4-D unless it is named above, on the current backend; on one composed of TF.js ops if there is no other. */
export function runSingle<Name extends AddernetKernelName>(
  name: Name,
  inputs: Inputs<Name> & NamedTensorMap,
  attrs: Attributes<Name>,
): Name extends OfOtherRank ? Tensor : Tensor4D {
  ensureKernel(name);
  return engine().runKernel(name, inputs, attrs);
}

interface Outputs {
  3: [Tensor, Tensor, Tensor];
}

/** Runs a kernel of several outputs. @throws KernelCallError when it gives another number of them. */
export function runMultiple<Name extends AddernetKernelName, Count extends keyof Outputs>(
  name: Name,
  inputs: Inputs<Name> & NamedTensorMap,
  attrs: Attributes<Name>,
  count: Count,
): Outputs[Count] {
  ensureKernel(name);
  const outputs = engine().runKernel<Tensor[]>(name, inputs, attrs);
  if (hasCount(outputs, count)) return outputs;
  throw new KernelCallError(`${name}: the kernel gave ${outputs.length} outputs; expected ${count}`);
}

function hasCount<Count extends keyof Outputs>(outputs: Tensor[], count: Count): outputs is Outputs[Count] {
  return outputs.length === count;
}
