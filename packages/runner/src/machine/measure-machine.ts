// SPDX-License-Identifier: Apache-2.0
import {countOperations} from '@addernet/nn';
import type {MachineRates, Operator} from '@addernet/plugin';
import * as tf from '@tensorflow/tfjs-core';
import * as tfl from '@tensorflow/tfjs-layers';
import {InterruptedError, errorText} from '../errors.js';
import {pause} from '../training/pause.js';
import {sampleOf, warmUp, type Work} from './timing.js';

/** Of the layer whose rate stands for an operator's peak: 3×3, stride 1, an operation count far above its traffic. */
const PEAK = {size: 8, channels: 64} as const;
/** Images, where one alone takes less than a few milliseconds. */
const PEAK_BATCH = 32;
const SHORT_SECONDS = 0.005;
/** Floats of an array whose addition to another measures bandwidth: three arrays of 32 MiB, more than last-level caches keep of one program. */
const STREAM_ELEMENTS = 2 ** 23;
/** The first arrays are this small; a slow backend stops before those that would take it long. */
const FIRST_STREAM_ELEMENTS = 2 ** 17;
const STREAM_SECONDS = 0.01;
const SAMPLE_SECONDS = 0.01;
const SAMPLES = 8;
/** No further sample of one thing after this long. */
const LONG_SECONDS = 0.1;

/**
 * Seconds of a call of each, in the fastest of several samples: what the machine can do, whatever else it did meanwhile. They take turns, so
 * that what slows one down is likely to meet the others as well.
 */
async function fastest(works: readonly Work[], signal: AbortSignal | undefined): Promise<readonly number[]> {
  const states: {readonly work: Work; readonly calls: number; least: number}[] = [];
  for (const work of works) states.push({work, calls: await warmUp(work, SAMPLE_SECONDS), least: Infinity});
  let spent = 0;
  for (let sample = 0; sample < SAMPLES && spent < LONG_SECONDS * works.length; sample++) {
    for (const state of states) {
      await pause(signal);
      const {seconds} = await sampleOf(state.work, state.calls);
      state.least = Math.min(state.least, seconds);
      spent += state.calls * seconds;
    }
  }
  return states.map(({least}) => least);
}

interface PeakLayer {
  readonly operator: string;
  readonly layer: tfl.layers.Layer;
  readonly operationsPerImage: number;
  dispose(): void;
}

function peakLayer(operator: Operator, operators: readonly Operator[]): PeakLayer {
  const {size, channels} = PEAK;
  const input = tfl.input({shape: [size, size, channels], name: 'peak-input'});
  const layer = operator.conv2d({name: 'peak', filters: channels, kernelSize: 3, padding: 1, useBias: false, seed: 0});
  const output = layer.apply(input);
  if (!(output instanceof tfl.SymbolicTensor)) {
    throw new TypeError(`operator ${operator.name}: conv2d() made a layer with several outputs; expected one`);
  }
  const model = tfl.model({inputs: input, outputs: output});
  const {multiplications, additions} = countOperations(model, [operator, ...operators]);
  return {
    operator: operator.name,
    layer,
    operationsPerImage: multiplications + additions,
    dispose: () => void model.dispose(),
  };
}

/** Operations per second of one layer of each operator. */
async function peaksOf(operators: readonly Operator[], signal?: AbortSignal): Promise<MachineRates['peaks']> {
  const {size, channels} = PEAK;
  const layers: PeakLayer[] = [];
  const secondsPerImage = async (batch: number): Promise<readonly number[]> => {
    const x = tf.randomNormal([batch, size, size, channels], 0, 1, 'float32', 1);
    try {
      const works = layers.map(
        ({layer}) =>
          () =>
            tf.tidy(() => single(layer.apply(x))),
      );
      return (await fastest(works, signal)).map((seconds) => seconds / batch);
    } finally {
      x.dispose();
    }
  };
  try {
    for (const operator of operators) layers.push(peakLayer(operator, operators));
    const alone = await secondsPerImage(1);
    const isQuick = alone.every((seconds) => seconds < SHORT_SECONDS);
    const together = isQuick ? await secondsPerImage(PEAK_BATCH) : alone;
    return layers.map(({operator, operationsPerImage}, index) => ({
      operator,
      operationsPerSecond: operationsPerImage / Math.min(alone[index] ?? NaN, together[index] ?? NaN),
    }));
  } finally {
    for (const layer of layers) layer.dispose();
  }
}

function single(output: unknown): tf.Tensor {
  if (output instanceof tf.Tensor) return output;
  throw new TypeError('a layer answered with something else than one tensor');
}

interface Stream {
  readonly name: string;
  readonly bytesPerSecond: number;
  readonly bytes: number;
}

/** Bytes per second of one kernel on two arrays of a size that fits no cache, or the largest that it is quick enough for. */
async function streamOf(
  name: string,
  kernel: (a: tf.Tensor1D, b: tf.Tensor1D) => tf.Tensor,
  bytesPerElement: number,
  signal?: AbortSignal,
): Promise<Stream> {
  for (let elements = FIRST_STREAM_ELEMENTS; ; elements *= 4) {
    const [a, b] = [tf.ones<tf.Rank.R1>([elements]), tf.ones<tf.Rank.R1>([elements])];
    try {
      const [seconds = NaN] = await fastest([() => kernel(a, b)], signal);
      const bytes = bytesPerElement * elements;
      if (elements >= STREAM_ELEMENTS || seconds > STREAM_SECONDS)
        return {name, bytesPerSecond: bytes / seconds, bytes};
    } finally {
      a.dispose();
      b.dispose();
    }
  }
}

/** The better of adding two arrays and of joining them: on some backends one of them is not bound by memory. */
async function bandwidth(signal?: AbortSignal): Promise<Stream> {
  const add = await streamOf('adding', (a, b) => tf.add(a, b), 3 * 4, signal);
  const join = await streamOf('joining', (a, b) => tf.concat([a, b]), 4 * 4, signal);
  return add.bytesPerSecond >= join.bytesPerSecond ? add : join;
}

export interface MeasureMachineOptions {
  /** Whose layers are tried for the peaks. */
  readonly operators: readonly Operator[];
  readonly signal?: AbortSignal;
}

/**
 * Measures the roofs of the started backend, in a second or two: for each operator the rate of one large layer, and the bandwidth of adding
 * or joining two arrays that fit no cache. Both through kernels of the backend, so that the roofs are those of what runs on it: no kernel of a vendor's
 * library, and one thread where the backend has one.
 *
 * @throws InterruptedError once the signal is aborted
 */
export async function measureMachine({operators, signal}: MeasureMachineOptions): Promise<MachineRates> {
  const peaks = await peaksOf(operators, signal);
  const {name, bytesPerSecond, bytes} = await bandwidth(signal);
  const {size, channels} = PEAK;
  return {
    backend: tf.getBackend(),
    peaks,
    bytesPerSecond,
    source:
      `measured on the ${tf.getBackend()} backend before the runs: peaks are the fastest of up to ${SAMPLES} samples of each operator’s layer with ` +
      `${channels} filters of 3×3 on maps of ${size}×${size}×${channels}, bandwidth that of ${name} two arrays (${Math.round(bytes / 2 ** 20)} MiB read and written)`,
  };
}

/** The rates, or a note on why there are none: a roofline that is missing does not keep networks from being trained. */
export async function machineOrNote(
  options: MeasureMachineOptions,
  note: (text: string) => void,
): Promise<MachineRates | undefined> {
  try {
    return await measureMachine(options);
  } catch (error) {
    if (!(error instanceof InterruptedError)) {
      note(`No roofline: the machine could not be measured: ${errorText(error)}`);
    }
    return undefined;
  }
}
