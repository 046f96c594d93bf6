// SPDX-License-Identifier: Apache-2.0

/** A layer shape of a network, square in everything. */
export interface LayerShape {
  /** Height and width of the input. */
  readonly size: number;
  readonly inChannels: number;
  readonly outChannels: number;
  readonly filterSize: number;
  readonly stride: number;
  /** Zeros on every side. */
  readonly pad: number;
  /** How often the network has it. */
  readonly count: number;
  /** Whether every channel is convolved by itself. */
  readonly depthwise?: boolean;
}

/** The shapes of ResNet-20 on 32 × 32 × 3 images (He et al., arXiv 1512.03385, §4.2), with 1 × 1 projections as in AdderNet's code. */
export const RESNET20_LAYERS: readonly LayerShape[] = [
  {size: 32, inChannels: 3, outChannels: 16, filterSize: 3, stride: 1, pad: 1, count: 1},
  {size: 32, inChannels: 16, outChannels: 16, filterSize: 3, stride: 1, pad: 1, count: 6},
  {size: 32, inChannels: 16, outChannels: 32, filterSize: 3, stride: 2, pad: 1, count: 1},
  {size: 32, inChannels: 16, outChannels: 32, filterSize: 1, stride: 2, pad: 0, count: 1},
  {size: 16, inChannels: 32, outChannels: 32, filterSize: 3, stride: 1, pad: 1, count: 5},
  {size: 16, inChannels: 32, outChannels: 64, filterSize: 3, stride: 2, pad: 1, count: 1},
  {size: 16, inChannels: 32, outChannels: 64, filterSize: 1, stride: 2, pad: 0, count: 1},
  {size: 8, inChannels: 64, outChannels: 64, filterSize: 3, stride: 1, pad: 1, count: 5},
];

/** Its batch normalisations: [size, channels, count]. */
export const RESNET20_BATCH_NORMS: readonly {
  readonly size: number;
  readonly channels: number;
  readonly count: number;
}[] = [
  {size: 32, channels: 16, count: 7},
  {size: 16, channels: 32, count: 7},
  {size: 8, channels: 64, count: 7},
];

export function layerName({size, inChannels, outChannels, filterSize, stride, depthwise}: LayerShape): string {
  const filters = depthwise ? 'depthwise' : `→ ${outChannels}`;
  return `${size}×${size}×${inChannels} ${filters}, ${filterSize}×${filterSize}${stride > 1 ? ` /${stride}` : ''}`;
}
