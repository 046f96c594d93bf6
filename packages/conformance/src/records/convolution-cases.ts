// SPDX-License-Identifier: Apache-2.0
import {conv2dGeometry, type Conv2DGeometry, type CounterRandom, type Padding} from '@addernet/core';
import type {LabelledAttributes, TensorSpec} from '../op-record.js';

type Shape4D = readonly [number, number, number, number];
type Pair = readonly [number, number];

/** Shapes and attributes of one call of a convolution-like op. */
export interface ConvolutionAttributes {
  /** [batch, height, width, inChannels]. */
  readonly x: Shape4D;
  /** [filterHeight, filterWidth, inChannels / groups, outChannels]. */
  readonly filter: Shape4D;
  readonly strides: Pair;
  readonly pad: Padding;
  readonly dilations: Pair;
  readonly groups: number;
  /** Call the op with x [height, width, inChannels], without the batch of one. */
  readonly unbatched: boolean;
  /** What the standard normal values of x and filter are multiplied by. */
  readonly scale: number;
  /** Whether NaN and ±∞ are tried on this case. */
  readonly nonFinite: boolean;
}

const BASE: ConvolutionAttributes = {
  x: [1, 5, 6, 4],
  filter: [3, 3, 4, 5],
  strides: [1, 1],
  pad: 'same',
  dilations: [1, 1],
  groups: 1,
  unbatched: false,
  scale: 1,
  nonFinite: false,
};

type Case = LabelledAttributes<ConvolutionAttributes>;

function edge(label: string, changes: Partial<ConvolutionAttributes>, sample = false): Case {
  return {label, sample, attributes: {...BASE, ...changes}};
}

/** Numbers of channels below, at and above the usual tiles of 4, 8 and 16. */
const CHANNELS = [1, 3, 4, 5, 7, 8, 9, 16, 17];

/** Widths below, at and above tiles of 2, 4, 8, 16 and 32 pixels. */
const WIDTHS = [1, 2, 3, 4, 5, 7, 8, 9, 16, 17, 33];

const channelCases: readonly Case[] = CHANNELS.flatMap((inChannels, index) =>
  [0, 4].map((shift) => {
    const outChannels = CHANNELS[(index + shift) % CHANNELS.length] ?? 1;
    return edge(`channels-${inChannels}-to-${outChannels}`, {
      x: [1, 3, 4, inChannels],
      filter: [3, 3, inChannels, outChannels],
    });
  }),
);

const widthCases: readonly Case[] = WIDTHS.flatMap((width) => [
  edge(`width-${width}`, {x: [1, 2, width, 3], filter: [3, 3, 3, 5]}),
  edge(`width-${width}-1x1`, {x: [2, 1, width, 5], filter: [1, 1, 5, 3]}),
]);

const filterCases: readonly Case[] = [
  edge('filter-1x3', {filter: [1, 3, 4, 5]}, true),
  edge('filter-3x1', {filter: [3, 1, 4, 5]}),
  edge('filter-2x2', {filter: [2, 2, 4, 5]}),
  edge('filter-2x5', {filter: [2, 5, 4, 5]}),
  edge('filter-5x5', {filter: [5, 5, 4, 5]}),
  edge('filter-7x7-stride-2', {x: [1, 5, 6, 3], filter: [7, 7, 3, 4], strides: [2, 2]}),
  edge('filter-of-image-size', {filter: [5, 6, 4, 5], pad: 'valid'}),
  edge('filter-larger-than-image', {x: [1, 2, 3, 4], filter: [5, 5, 4, 5]}),
  edge('valid', {pad: 'valid', nonFinite: true}, true),
];

const strideCases: readonly Case[] = [
  edge('stride-2-even-same', {x: [1, 6, 8, 4], strides: [2, 2]}, true),
  edge('stride-2-odd-same', {x: [1, 5, 7, 4], strides: [2, 2]}),
  edge('stride-1x2', {x: [1, 5, 8, 4], strides: [1, 2]}),
  edge('stride-2x1', {x: [2, 6, 5, 4], strides: [2, 1], nonFinite: true}, true),
  edge('stride-3x2-valid', {x: [1, 9, 8, 4], strides: [3, 2], pad: 'valid'}),
  edge('stride-2-drops-the-last-column', {x: [1, 6, 6, 4], strides: [2, 2], pad: 'valid'}),
  edge('1x1-stride-2', {x: [2, 5, 6, 4], filter: [1, 1, 4, 9], strides: [2, 2]}, true),
  edge('stride-3-over-2x2', {x: [1, 8, 9, 4], filter: [2, 2, 4, 5], strides: [3, 3], pad: 'valid'}),
  edge('stride-4x3-over-1x2-same', {x: [1, 9, 7, 4], filter: [1, 2, 4, 5], strides: [4, 3]}),
];

const paddingCases: readonly Case[] = [
  edge('pad-1-stride-2', {x: [1, 6, 8, 4], strides: [2, 2], pad: 1}, true),
  edge('pad-2', {filter: [3, 3, 4, 5], pad: 2}),
  edge('pad-0', {pad: 0}),
  edge('pad-top-and-right', {pad: explicit(1, 0, 0, 2)}, true),
  edge('pad-2-1-0-3-stride-2x1', {pad: explicit(2, 1, 0, 3), strides: [2, 1]}),
  edge('pad-bottom-and-left-1x1', {filter: [1, 1, 4, 5], pad: explicit(0, 1, 2, 0)}),
  edge('pad-wider-than-filter', {x: [1, 3, 3, 4], filter: [2, 2, 4, 5], pad: 3}),
  edge('same-even-filter', {x: [1, 5, 5, 4], filter: [4, 2, 4, 5]}),
  edge('same-even-filter-stride-3', {x: [1, 7, 8, 4], filter: [4, 4, 4, 5], strides: [3, 3]}),
];

const dilationCases: readonly Case[] = [
  edge('dilation-2', {x: [1, 7, 8, 4], dilations: [2, 2]}, true),
  edge('dilation-2-valid', {x: [2, 7, 8, 4], dilations: [2, 2], pad: 'valid'}),
  edge('dilation-1x2', {x: [1, 5, 8, 4], dilations: [1, 2]}),
  edge('dilation-3x1-rectangular', {x: [1, 8, 5, 4], filter: [2, 3, 4, 5], dilations: [3, 1]}),
  edge('dilation-2-stride-2', {x: [1, 8, 9, 4], dilations: [2, 2], strides: [2, 2]}),
  edge('dilation-2x3-explicit', {x: [1, 7, 9, 4], dilations: [2, 3], pad: explicit(3, 0, 1, 4)}),
];

const groupCases: readonly Case[] = [
  edge('groups-2-valid', {x: [2, 4, 5, 6], filter: [3, 2, 3, 8], groups: 2, pad: 'valid', nonFinite: true}, true),
  edge('groups-2', {x: [2, 4, 5, 6], filter: [3, 3, 3, 8], groups: 2}),
  edge('groups-3-stride-2', {x: [1, 6, 5, 9], filter: [3, 3, 3, 12], groups: 3, strides: [2, 2]}),
  edge('groups-2-of-8-and-9', {x: [1, 3, 4, 16], filter: [1, 1, 8, 18], groups: 2}),
  edge('depthwise', {x: [1, 5, 5, 5], filter: [3, 3, 1, 5], groups: 5}),
  edge('depthwise-multiplier-2', {x: [1, 5, 5, 4], filter: [3, 3, 1, 8], groups: 4}),
  edge('groups-2-dilation-2-explicit', {
    x: [2, 7, 6, 4],
    filter: [2, 3, 2, 6],
    groups: 2,
    dilations: [2, 1],
    pad: explicit(0, 2, 1, 0),
  }),
];

const batchCases: readonly Case[] = [
  edge('batch-0', {x: [0, 5, 6, 4]}, true),
  edge('batch-3', {x: [3, 4, 5, 4]}, true),
  edge('batch-3-1x1', {x: [3, 1, 1, 17], filter: [1, 1, 17, 10]}),
  edge('unbatched', {unbatched: true}, true),
  edge('one-element', {x: [1, 1, 1, 1], filter: [1, 1, 1, 1]}),
];

const magnitudeCases: readonly Case[] = [
  edge('channels-65-to-33', {x: [1, 2, 3, 65], filter: [3, 3, 65, 33]}),
  edge('inputs-times-100', {scale: 100}),
  edge('inputs-times-0.01', {scale: 0.01}),
];

/** The tile-edge cases that every convolution-like op goes through. */
export const convolutionEdgeCases: readonly Case[] = [
  ...channelCases,
  ...widthCases,
  ...filterCases,
  ...strideCases,
  ...paddingCases,
  ...dilationCases,
  ...groupCases,
  ...batchCases,
  ...magnitudeCases,
];

/** What {@link convolutionEdgeCases} vary, for documentation. */
export const convolutionAttributeGrid = {
  channels: CHANNELS,
  widths: WIDTHS,
  batch: [0, 1, 2, 3],
  strides: ['1', '2', '3', '1×2', '2×1', '3×2', '4×3'],
  pad: ['same', 'valid', 0, 1, 2, 3, 'explicit, asymmetric'],
  dilations: ['1', '2', '1×2', '2×1', '3×1', '2×3'],
  groups: [1, 2, 3, 4, 5],
};

/** Shapes and attributes drawn at random, such that the output has at least one pixel. */
export function randomConvolutionAttributes(random: CounterRandom): ConvolutionAttributes {
  const between = (low: number, high: number) => low + random.integer(high - low + 1);
  const groups = between(1, 3);
  const inChannelsPerGroup = between(1, 6);
  const filterHeight = between(1, 4);
  const filterWidth = between(1, 4);
  const dilations: Pair = [between(1, 2), between(1, 2)];
  const spanHeight = (filterHeight - 1) * dilations[0] + 1;
  const spanWidth = (filterWidth - 1) * dilations[1] + 1;
  const paddings: readonly Padding[] = [
    'same',
    'valid',
    between(0, 2),
    explicit(between(0, 3), between(0, 3), between(0, 3), between(0, 3)),
  ];
  return {
    x: [
      between(1, 3),
      between(spanHeight, spanHeight + 4),
      between(spanWidth, spanWidth + 6),
      groups * inChannelsPerGroup,
    ],
    filter: [filterHeight, filterWidth, inChannelsPerGroup, groups * between(1, 6)],
    strides: [between(1, 3), between(1, 3)],
    pad: paddings[random.integer(paddings.length)] ?? 'same',
    dilations,
    groups,
    unbatched: false,
    scale: 1,
    nonFinite: false,
  };
}

/** The op's own geometry of a case. */
export function geometryOf(opName: string, attributes: ConvolutionAttributes): Conv2DGeometry {
  const {x, filter, strides, pad, dilations, groups} = attributes;
  return conv2dGeometry({
    opName,
    xShape: [...x],
    filterShape: [...filter],
    strides: [...strides],
    pad,
    dilations: [...dilations],
    groups,
  });
}

/** Shapes as the op sees them: without the batch for an unbatched call. */
export function convolutionShapes(
  attributes: ConvolutionAttributes,
  geometry: Conv2DGeometry,
): {inputs: readonly TensorSpec[]; outputs: readonly TensorSpec[]} {
  const {batch, outHeight, outWidth, outChannels} = geometry;
  const skipped = attributes.unbatched ? 1 : 0;
  return {
    inputs: [
      {name: 'x', shape: attributes.x.slice(skipped)},
      {name: 'filter', shape: attributes.filter},
    ],
    outputs: [{name: 'y', shape: [batch, outHeight, outWidth, outChannels].slice(skipped)}],
  };
}

export function describeConvolution(attributes: ConvolutionAttributes): Readonly<Record<string, unknown>> {
  const {strides, pad, dilations, groups, scale} = attributes;
  return {strides, pad, dilations, groups, ...(scale === 1 ? {} : {scale})};
}

function explicit(top: number, bottom: number, left: number, right: number): Padding {
  return [
    [0, 0],
    [top, bottom],
    [left, right],
    [0, 0],
  ];
}
