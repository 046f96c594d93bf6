// SPDX-License-Identifier: Apache-2.0
import * as depthwise from './depthwise';

/** The depthwise convolution and its input gradient; see depthwise.ts. */
export function depthwiseProducts(
  source: usize,
  target: usize,
  pixels: usize,
  pixelCount: i32,
  runs: usize,
  taps: usize,
  tapCount: i32,
  filter: usize,
  channels: i32,
  epilogue: usize,
): void {
  depthwise.combineChannels<depthwise.Products>(
    source,
    target,
    pixels,
    pixelCount,
    runs,
    taps,
    tapCount,
    0,
    0,
    filter,
    channels,
    0,
    epilogue,
  );
}

/** The depthwise adder; see depthwise.ts. */
export function depthwiseAdder(
  source: usize,
  target: usize,
  pixels: usize,
  pixelCount: i32,
  runs: usize,
  taps: usize,
  tapCount: i32,
  absent: usize,
  absentCount: i32,
  filter: usize,
  channels: i32,
  epilogue: usize,
): void {
  depthwise.combineChannels<depthwise.Differences>(
    source,
    target,
    pixels,
    pixelCount,
    runs,
    taps,
    tapCount,
    absent,
    absentCount,
    filter,
    channels,
    0,
    epilogue,
  );
}

/**
 * The depthwise adder's input gradient; the source is dY. See depthwise.ts.
 *
 * @param gradient as src/input-gradient.ts numbers them
 */
export function depthwiseAdderInputGradient(
  source: usize,
  target: usize,
  pixels: usize,
  pixelCount: i32,
  runs: usize,
  taps: usize,
  tapCount: i32,
  filter: usize,
  channels: i32,
  x: usize,
  gradient: i32,
): void {
  if (gradient === 0) {
    depthwise.combineChannels<depthwise.HardTanh>(
      source,
      target,
      pixels,
      pixelCount,
      runs,
      taps,
      tapCount,
      0,
      0,
      filter,
      channels,
      x,
      0,
    );
  } else if (gradient === 1) {
    depthwise.combineChannels<depthwise.Signs>(
      source,
      target,
      pixels,
      pixelCount,
      runs,
      taps,
      tapCount,
      0,
      0,
      filter,
      channels,
      x,
      0,
    );
  } else {
    depthwise.combineChannels<depthwise.Deviations>(
      source,
      target,
      pixels,
      pixelCount,
      runs,
      taps,
      tapCount,
      0,
      0,
      filter,
      channels,
      x,
      0,
    );
  }
}
