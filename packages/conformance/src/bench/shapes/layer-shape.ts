// SPDX-License-Identifier: Apache-2.0

/** A convolution-like layer, square in everything. */
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
  /** Every input channel has its own filters; `outChannels` is a multiple of `inChannels`. */
  readonly depthwise?: true;
}

/** Layers that are measured together. */
export interface ShapeSet {
  readonly name: string;
  /** What the shapes are and where they come from. */
  readonly source: string;
  readonly layers: readonly LayerShape[];
  /** Images per call, and with `quick`. */
  readonly batch: number;
  readonly quickBatch: number;
}

/** E.g. `32×32×16 → 32, 3×3 /2`: input, output channels, filter and stride. */
export function layerName({size, inChannels, outChannels, filterSize, stride, depthwise}: LayerShape): string {
  const kind = `${filterSize}×${filterSize}${stride > 1 ? ` /${stride}` : ''}${depthwise === true ? ' depthwise' : ''}`;
  return `${size}×${size}×${inChannels} → ${outChannels}, ${kind}`;
}

/** Whether all layers of a set are depthwise: they stay out of the mean over all shapes, as they bring little to the arithmetic of a network. */
export function isDepthwise({layers}: ShapeSet): boolean {
  return layers.every(({depthwise}) => depthwise === true);
}
