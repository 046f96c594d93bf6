// SPDX-License-Identifier: Apache-2.0
import {defineKernel} from '@addernet/core';
import type {WebGPUProgram} from '@tensorflow/tfjs-backend-webgpu';
import {util} from '@tensorflow/tfjs-core';
import {BACKEND_NAME, isBackend} from './backend.js';

/**
 * WGSL, run once for every element of the output. TF.js's preamble has getX and getWeights, which read the inputs by their indices, their shapes among
 * the uniforms, getCoordsFromIndex and setOutputAtIndex. (`filter` is a reserved word.)
 */
const SHADER = `
  fn main(index : i32) {
    // Workgroups are whole: the last one may have more invocations than there is output.
    if (index >= uniforms.size) {
      return;
    }
    let at = getCoordsFromIndex(index); // image, row, column, channel
    let corner = at.yz * uniforms.strides - uniforms.padding;
    let groupChannels = uniforms.weightsShape.z;
    let firstChannel = at.w / uniforms.groupOutChannels * groupChannels;
    var distance = 0.0;
    for (var filterRow = 0; filterRow < uniforms.weightsShape.x; filterRow++) {
      let row = corner.x + filterRow * uniforms.dilations.x;
      for (var filterColumn = 0; filterColumn < uniforms.weightsShape.y; filterColumn++) {
        let column = corner.y + filterColumn * uniforms.dilations.y;
        let isPadding = row < 0 || row >= uniforms.xShape.y || column < 0 || column >= uniforms.xShape.z;
        for (var channel = 0; channel < groupChannels; channel++) {
          // A zero of the padding contributes |0 − f| to the sum, so padded taps may not be skipped.
          var value = 0.0;
          if (!isPadding) {
            value = getX(at.x, row, column, firstChannel + channel);
          }
          distance += abs(value - getWeights(filterRow, filterColumn, channel, at.w));
        }
      }
    }
    setOutputAtIndex(index, -distance);
  }
`;

const WORKGROUP_SIZE = 64;

/**
 * Y = −Σ|X − F| (AdderNet, arXiv 1912.13200, eq. 2), by the definition: one invocation for each element of y. x [batch, inHeight, inWidth, inChannels],
 * filter [filterHeight, filterWidth, inChannels/groups, outChannels], y [batch, outHeight, outWidth, outChannels].
 */
export const adderConv2d = defineKernel({
  kernelName: 'AdderConv2D',
  backendName: BACKEND_NAME,
  isBackend,
  compute({inputs: {x, filter}, attrs: {geometry}, backend}) {
    const {batch, outHeight, outWidth, outChannels, groups} = geometry;
    const outputShape = [batch, outHeight, outWidth, outChannels];
    const program: WebGPUProgram = {
      variableNames: ['x', 'weights'],
      outputShape,
      workgroupSize: [WORKGROUP_SIZE, 1, 1],
      // All dimensions in one, which TF.js spreads over several where there are more workgroups than the device starts in a row.
      dispatchLayout: {x: [0, 1, 2, 3]},
      dispatch: [Math.ceil(util.sizeFromShape(outputShape) / WORKGROUP_SIZE), 1, 1],
      size: true,
      uniforms: 'strides : vec2<i32>, dilations : vec2<i32>, padding : vec2<i32>, groupOutChannels : i32,',
      // A shader is compiled once for each key: whatever its code depends on has to be in it. Sizes are uniforms, here.
      shaderKey: 'placeholder-package AdderConv2D',
      getUserCode: () => SHADER,
    };
    const uniforms = [
      [geometry.strideHeight, geometry.strideWidth],
      [geometry.dilationHeight, geometry.dilationWidth],
      [geometry.padTop, geometry.padLeft],
      [outChannels / groups],
    ];
    return backend.runWebGPUProgram(
      program,
      [x, filter],
      'float32',
      uniforms.map((data) => ({type: 'int32', data})),
    );
  },
});
