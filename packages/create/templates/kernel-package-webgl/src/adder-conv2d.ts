// SPDX-License-Identifier: Apache-2.0
import {defineKernel} from '@addernet/core';
import type {GPGPUProgram} from '@tensorflow/tfjs-backend-webgl';
import {BACKEND_NAME, isBackend} from './backend.js';

/**
 * GLSL ES 3.00, run once for every element of the output. TF.js's preamble has getX and getWeights, which read the inputs by their indices,
 * getOutputCoords and setOutput. (`filter` is a reserved word.)
 */
const SHADER = `
  void main() {
    ivec4 at = getOutputCoords(); // image, row, column, channel
    ivec2 corner = at.yz * strides - padding;
    int firstChannel = at.w / groupChannels.y * groupChannels.x;
    float distance = 0.0;
    for (int filterRow = 0; filterRow < filterSize.x; filterRow++) {
      int row = corner.x + filterRow * dilations.x;
      for (int filterColumn = 0; filterColumn < filterSize.y; filterColumn++) {
        int column = corner.y + filterColumn * dilations.y;
        bool isPadding = row < 0 || row >= inSize.x || column < 0 || column >= inSize.y;
        for (int channel = 0; channel < groupChannels.x; channel++) {
          // A zero of the padding contributes |0 − f| to the sum, so padded taps may not be skipped.
          float value = isPadding ? 0.0 : getX(at.x, row, column, firstChannel + channel);
          distance += abs(value - getWeights(filterRow, filterColumn, channel, at.w));
        }
      }
    }
    setOutput(-distance);
  }
`;

/**
 * Y = −Σ|X − F| (AdderNet, arXiv 1912.13200, eq. 2), by the definition: one fragment for each element of y. x [batch, inHeight, inWidth, inChannels],
 * filter [filterHeight, filterWidth, inChannels/groups, outChannels], y [batch, outHeight, outWidth, outChannels].
 */
export const adderConv2d = defineKernel({
  kernelName: 'AdderConv2D',
  backendName: BACKEND_NAME,
  isBackend,
  compute({inputs: {x, filter}, attrs: {geometry}, backend}) {
    const {batch, inHeight, inWidth, inChannels, outHeight, outWidth, outChannels, groups} = geometry;
    const uniforms = {
      inSize: [inHeight, inWidth],
      filterSize: [geometry.filterHeight, geometry.filterWidth],
      strides: [geometry.strideHeight, geometry.strideWidth],
      dilations: [geometry.dilationHeight, geometry.dilationWidth],
      padding: [geometry.padTop, geometry.padLeft],
      groupChannels: [inChannels / groups, outChannels / groups],
    };
    const program: GPGPUProgram = {
      variableNames: ['x', 'weights'],
      outputShape: [batch, outHeight, outWidth, outChannels],
      // Shapes, too, are uniforms then: the shader is compiled once, and not once for every layer.
      enableShapeUniforms: true,
      customUniforms: Object.keys(uniforms).map((name) => ({name, type: 'ivec2'})),
      userCode: SHADER,
    };
    return backend.runWebGLProgram(program, [x, filter], 'float32', Object.values(uniforms));
  },
});
