// SPDX-License-Identifier: Apache-2.0

/**
 * 1 in the build for engines without SIMD, otherwise 0; tools/assemble.mjs sets it, and branches on it cost nothing. That build is made of the same sources, vector
 * by vector (tools/lower-simd.mjs); the constant is for loops in which scalar instructions call for another form.
 */
declare const WITHOUT_SIMD: i32;
