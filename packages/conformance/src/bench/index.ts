// SPDX-License-Identifier: Apache-2.0
export {
  type AwaitedRoundOptions,
  benchAwaitedKernels,
  benchAwaitedLayer,
  type BenchLayer,
  timeAwaitedInRounds,
} from './awaited.js';
export {benchBatchNorm} from './batch-norm.js';
export {
  benchKernels,
  type KernelBenchOptions,
  kernelMeans,
  type LayerBenchOptions,
  tfjsKernels,
} from './bench-kernels.js';
export type {KernelsByName} from './layer-calls.js';
export {type BenchKernel, type BenchPart, benchParts, type PartName} from './parts.js';
export type {
  BatchNormTime,
  BenchReport,
  KernelMean,
  KernelTime,
  ModelMemory,
  ModelTime,
  ReplacementTime,
  Timed,
} from './report.js';
export {
  cpuMilliseconds,
  geometricMean,
  median,
  quantile,
  type RoundOptions,
  timeInRounds,
  type TimeRatio,
  timeRatio,
} from './rounds.js';
export {isDepthwise, layerName, type LayerShape, type ShapeSet, shapeSets} from './shapes/index.js';
export {
  batchNormTable,
  layerHeading,
  layerLine,
  meansTable,
  memoryTable,
  modelTable,
  replacementTable,
} from './tables.js';
