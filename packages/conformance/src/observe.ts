// SPDX-License-Identifier: Apache-2.0
import * as tf from '@tensorflow/tfjs-core';
import type {CaseValues, ConformanceCase} from './op-record.js';

/** A tensor after the fact. */
export interface ObservedTensor {
  readonly shape: readonly number[];
  readonly dtype: string;
  readonly values: Float32Array;
}

/** What TF.js holds. `dataIds` is counted by the backend itself, the others by TF.js's engine. */
export interface MemoryCounts {
  readonly tensors: number;
  readonly dataBuffers: number;
  readonly bytes: number;
  readonly dataIds: number;
}

/** One run of an op and its gradients. */
export interface Observation {
  readonly outputs: readonly ObservedTensor[];
  /** One per input; none when y has another shape than dY, or the op no gradients. */
  readonly gradients: readonly ObservedTensor[];
  /** The inputs, then dy, read back after the run. */
  readonly inputsAfter: readonly ObservedTensor[];
  /** With the inputs in place, before and after the run. */
  readonly memoryBefore: MemoryCounts;
  readonly memoryAfter: MemoryCounts;
}

/**
 * Runs the op outside any tidy, then all its gradients, on TF.js's current backend. Leaves no tensor of its own behind.
 *
 * @param warmUps calls of the op before that, of which nothing is kept: they leave dirty memory for the allocator to hand out again, and
 * shift kernels that alternate between buffers.
 */
export async function observe(testCase: ConformanceCase, values: CaseValues, warmUps = 0): Promise<Observation> {
  return withInputs(testCase, values, async (inputs, dy) => {
    for (let call = 0; call < warmUps; call++) tf.dispose([...testCase.call(inputs)]);
    const memoryBefore = countMemory();
    const outputs = await readAndDispose(testCase.call(inputs));
    // TF.js refuses a dY of another shape than y's; the rule on shapes shall say so, not an exception.
    const gradients =
      testCase.gradientKinds.length > 0 && outputs[0]?.shape.join() === dy.shape.join()
        ? await readAndDispose(tf.grads((...args) => firstOutput(testCase, args))([...inputs], dy))
        : [];
    const memoryAfter = countMemory();
    const inputsAfter = await Promise.all([...inputs, dy].map(read));
    return {outputs, gradients, inputsAfter, memoryBefore, memoryAfter};
  });
}

/** The gradient of one input, the only one asked for. */
export async function observeSingleGradient(
  testCase: ConformanceCase,
  values: CaseValues,
  inputIndex: number,
): Promise<ObservedTensor> {
  return withInputs(testCase, values, async (inputs, dy) => {
    const chosen = inputs[inputIndex];
    if (chosen === undefined) throw new RangeError(`${testCase.id} has no input ${inputIndex}`);
    const replaced = (input: tf.Tensor) => inputs.map((other, index) => (index === inputIndex ? input : other));
    const gradient = tf.grad((input: tf.Tensor) => firstOutput(testCase, replaced(input)))(chosen, dy);
    const [observed] = await readAndDispose([gradient]);
    if (observed === undefined) throw new RangeError(`${testCase.id}: tf.grad gave nothing`);
    return observed;
  });
}

function countMemory(): MemoryCounts {
  const {numTensors, numDataBuffers, numBytes} = tf.memory();
  return {tensors: numTensors, dataBuffers: numDataBuffers, bytes: numBytes, dataIds: tf.backend().numDataIds()};
}

async function withInputs<Result>(
  testCase: ConformanceCase,
  values: CaseValues,
  run: (inputs: readonly tf.Tensor[], dy: tf.Tensor) => Promise<Result>,
): Promise<Result> {
  const [firstOutputSpec] = testCase.outputs;
  if (firstOutputSpec === undefined) throw new RangeError(`${testCase.id} has no outputs`);
  const inputs = testCase.inputs.map(({shape}, index) => upload(values.inputs[index] ?? new Float32Array(), shape));
  const dy = upload(values.dy, firstOutputSpec.shape);
  try {
    return await run(inputs, dy);
  } finally {
    // A kernel that disposes an input must not make this fail as well.
    for (const tensor of [...inputs, dy]) if (!tensor.isDisposed) tensor.dispose();
  }
}

/** A copy: the cpu backend keeps the very array it is given. */
function upload(values: Float32Array, shape: readonly number[]): tf.Tensor {
  return tf.tensor(values.slice(), [...shape], 'float32');
}

function firstOutput(testCase: ConformanceCase, inputs: readonly tf.Tensor[]): tf.Tensor {
  const [first] = testCase.call(inputs);
  if (first === undefined) throw new RangeError(`${testCase.id}: the op gave no output`);
  return first;
}

async function readAndDispose(tensors: readonly tf.Tensor[]): Promise<readonly ObservedTensor[]> {
  const observed = await Promise.all(tensors.map(read));
  tf.dispose([...tensors]);
  return observed;
}

async function read(tensor: tf.Tensor): Promise<ObservedTensor> {
  return {shape: [...tensor.shape], dtype: tensor.dtype, values: Float32Array.from(await tensor.data())};
}
