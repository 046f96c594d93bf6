// SPDX-License-Identifier: Apache-2.0
import type {Uniform} from '../program.js';
import type {Windows} from '../windows.js';

/** Height and width of the pixels of one phase: of those whose row and column are the same modulo the strides. */
export const phaseSize = ({inHeight, inWidth, strideHeight, strideWidth}: Windows): readonly [number, number] => [
  Math.ceil(inHeight / strideHeight),
  Math.ceil(inWidth / strideWidth),
];

/** What {@link PHASES} needs beside the sizes. */
export function phaseUniforms(windows: Windows): Readonly<Record<string, Uniform>> {
  const {strideHeight, strideWidth, dilationHeight, dilationWidth} = windows;
  const [high, wide] = [commonDivisor(strideHeight, dilationHeight), commonDivisor(strideWidth, dilationWidth)];
  return {
    phaseSize: phaseSize(windows),
    placeSteps: [strideHeight / high, strideWidth / wide],
    outSteps: [dilationHeight / high, dilationWidth / wide],
  };
}

/**
 * The places of the filter at which windows have the pixels of a phase: `first`, `first + placeSteps`, …, each in a window outSteps before the last one's. So that no
 * place is looked at in vain, and no output is found by a division. To be entered by each invocation, with the phase's number.
 */
export const PHASES = `
  var<private> group: i32;
  // Of this workgroup's pixels: row and column modulo the strides, the first place of the filter, how many places there are, and the output, less the
  // pixel's number within its phase, whose window has the pixel at the first place.
  var<private> phase: vec2<i32>;
  var<private> first: vec2<i32>;
  var<private> places: vec2<i32>;
  var<private> origin: vec2<i32>;

  // The first row (column) of the filter at which a window of this stride can have a pixel of the phase; without one, the size.
  fn firstPlace(distance: i32, stride: i32, dilation: i32, placeStep: i32, size: i32) -> i32 {
    for (var i = 0; i < min(placeStep, size); i++) {
      if ((distance - i * dilation) % stride == 0) {
        return i;
      }
    }
    return size;
  }

  fn enterPhase(index: i32) {
    phase = vec2<i32>(index / uniforms.strides.y, index % uniforms.strides.y);
    let distance = phase + uniforms.padding;
    let size = uniforms.filterSize.xy;
    first = vec2<i32>(
      firstPlace(distance.x, uniforms.strides.x, uniforms.dilations.x, uniforms.placeSteps.x, size.x),
      firstPlace(distance.y, uniforms.strides.y, uniforms.dilations.y, uniforms.placeSteps.y, size.y));
    places = (size - first + uniforms.placeSteps - 1) / uniforms.placeSteps;
    origin = (distance - first * uniforms.dilations) / uniforms.strides;
  }

  // (image, row, column) of a pixel within its phase; without one the image is -1.
  fn pixelOf(n: i32) -> vec3<i32> {
    let pixel = digits(n, uniforms.phaseSize);
    let outside = pixel.x >= uniforms.inSize.x || any(pixel.yz * uniforms.strides + phase >= uniforms.inSize.yz);
    return select(pixel, vec3<i32>(-1, 0, 0), outside);
  }

  // Where images and result have a pixel.
  fn elementOf(pixel: vec3<i32>) -> i32 {
    let at = pixel.yz * uniforms.strides + phase;
    return ((pixel.x * uniforms.inSize.y + at.x) * uniforms.inSize.z + at.y) * uniforms.inSize.w;
  }

  // Where dY has the window that sees a pixel at a place, or -1.
  fn windowAt(pixel: vec3<i32>, place: vec2<i32>) -> i32 {
    let at = pixel.yz + origin - place * uniforms.outSteps;
    if (pixel.x < 0 || place.x >= places.x || any(at < vec2<i32>(0)) || any(at >= uniforms.outSize.yz)) {
      return -1;
    }
    return ((pixel.x * uniforms.outSize.y + at.x) * uniforms.outSize.z + at.y) * uniforms.outSize.w + group * uniforms.filterSize.w;
  }

  // Where the filter has output channel 0 of the group, at a place and for an input channel of the group.
  fn filterAt(place: vec2<i32>, column: i32) -> i32 {
    let at = first + place * uniforms.placeSteps;
    return ((at.x * uniforms.filterSize.y + at.y) * uniforms.filterSize.z + column) * uniforms.outSize.w + group * uniforms.filterSize.w;
  }
`;

function commonDivisor(a: number, b: number): number {
  return b === 0 ? a : commonDivisor(b, a % b);
}
