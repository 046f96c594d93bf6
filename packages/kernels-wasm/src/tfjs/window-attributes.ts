// SPDX-License-Identifier: Apache-2.0
import {type Conv2DGeometry, KernelCallError} from '@addernet/core';
import {backend_util} from '@tensorflow/tfjs-core';
import type {TfjsArguments} from '../tfjs-kernel.js';

type Shape4D = [number, number, number, number];
type ConvParameters = Parameters<typeof backend_util.computeConv2DInfo>;
type Pad = ConvParameters[4];
type RoundingMode = NonNullable<ConvParameters[5]>;

const ROUNDING_MODES: readonly RoundingMode[] = ['floor', 'round', 'ceil'];

/** Geometry of a kernel of TF.js's convolutions from its attributes, computed by TF.js. */
export function convolutionGeometry(
  given: TfjsArguments,
  xShape: readonly number[],
  filterShape: readonly number[],
  kind: 'full' | 'depthwise',
): Conv2DGeometry {
  const {kernelName, attrs} = given;
  const {dataFormat} = attrs;
  if (dataFormat !== undefined && dataFormat !== 'NHWC') {
    throw new KernelCallError(`${kernelName}: dataFormat is ${String(dataFormat)}; on wasm only NHWC is possible`);
  }
  const info = backend_util.computeConv2DInfo(
    shape4D(kernelName, xShape),
    shape4D(kernelName, filterShape),
    pairAttribute(given, 'strides'),
    isAbsent(attrs['dilations']) ? 1 : pairAttribute(given, 'dilations'),
    padAttribute(given),
    roundingModeAttribute(given),
    kind === 'depthwise',
  );
  return geometryOf(info, kind === 'depthwise' ? info.inChannels : 1);
}

/** Geometry of a kernel of TF.js's 2-D pooling: every channel a group of its own. */
export function poolingGeometry(given: TfjsArguments, xShape: readonly number[]): Conv2DGeometry {
  const info = backend_util.computePool2DInfo(
    shape4D(given.kernelName, xShape),
    pairAttribute(given, 'filterSize'),
    pairAttribute(given, 'strides'),
    1,
    padAttribute(given),
    roundingModeAttribute(given),
  );
  return geometryOf(info, info.inChannels);
}

/** An attribute that is four lengths. */
export function shapeAttribute({kernelName, attrs}: TfjsArguments, name: string): Shape4D {
  const value: unknown = attrs[name];
  if (isShape4D(value)) return value;
  throw new KernelCallError(`${kernelName}: attribute ${name} is ${JSON.stringify(value)}; expected four integers`);
}

function geometryOf(info: backend_util.Conv2DInfo, groups: number): Conv2DGeometry {
  const {inHeight, inWidth, outHeight, outWidth, strideHeight, strideWidth} = info;
  const {top, bottom, left, right} = info.padInfo;
  // Where TF.js rounds up, the last window reaches beyond its padding.
  const reached = (outLength: number, stride: number, filterLength: number) => (outLength - 1) * stride + filterLength;
  const lastRow = reached(outHeight, strideHeight, info.effectiveFilterHeight);
  const lastColumn = reached(outWidth, strideWidth, info.effectiveFilterWidth);
  return {
    batch: info.batchSize,
    inHeight,
    inWidth,
    inChannels: info.inChannels,
    outHeight,
    outWidth,
    outChannels: info.outChannels,
    filterHeight: info.filterHeight,
    filterWidth: info.filterWidth,
    strideHeight,
    strideWidth,
    dilationHeight: info.dilationHeight,
    dilationWidth: info.dilationWidth,
    padTop: top,
    padBottom: Math.max(bottom, lastRow - inHeight - top),
    padLeft: left,
    padRight: Math.max(right, lastColumn - inWidth - left),
    groups,
  };
}

function pairAttribute({kernelName, attrs}: TfjsArguments, name: string): number | [number, number] {
  const value: unknown = attrs[name];
  if (typeof value === 'number' || isPair(value)) return value;
  throw new KernelCallError(
    `${kernelName}: attribute ${name} is ${JSON.stringify(value)}; expected a number or two of them`,
  );
}

function padAttribute({kernelName, attrs}: TfjsArguments): Pad {
  const pad: unknown = attrs['pad'];
  if (isPad(pad)) return pad;
  throw new KernelCallError(
    `${kernelName}: attribute pad is ${JSON.stringify(pad)}; expected 'same', 'valid', a number or [[0, 0], [top, bottom], [left, right], [0, 0]]`,
  );
}

function roundingModeAttribute({attrs}: TfjsArguments): RoundingMode | undefined {
  const mode: unknown = attrs['dimRoundingMode'];
  return ROUNDING_MODES.find((candidate) => candidate === mode);
}

function shape4D(kernelName: string, shape: readonly number[]): Shape4D {
  const copy: unknown = [...shape];
  if (isShape4D(copy)) return copy;
  throw new KernelCallError(`${kernelName}: a shape is [${shape.join(', ')}]; expected four lengths`);
}

function isAbsent(value: unknown): boolean {
  return value === undefined || value === null;
}

function isNumbers(value: unknown, length: number): value is number[] {
  return Array.isArray(value) && value.length === length && value.every((element) => typeof element === 'number');
}

function isPair(value: unknown): value is [number, number] {
  return isNumbers(value, 2);
}

function isShape4D(value: unknown): value is Shape4D {
  return isNumbers(value, 4);
}

function isPad(value: unknown): value is Pad {
  if (value === 'same' || value === 'valid' || typeof value === 'number') return true;
  return Array.isArray(value) && value.length === 4 && value.every(isPair);
}
