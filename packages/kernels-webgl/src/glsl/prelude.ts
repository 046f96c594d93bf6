// SPDX-License-Identifier: Apache-2.0

/**
 * What every shader begins with, after TF.js's own preamble.
 *
 * TF.js's packed textures hold two rows × two columns of a tensor's last two axes in a texel (x: row r, column c; y: r, c + 1; z: r + 1, c; w: r + 1,
 * c + 1), texels in row-major order, folded into the texture at any column. `…TexShape` are TF.js's uniforms, in values: twice the number of texels.
 */
export const PRELUDE = `
  // n / divisor for n >= 0 and divisor > 0. GPUs have no instruction for it, and make a long sequence of n / divisor; one step in
  // float gives all bits of numbers up to a million, two those of any.
  int quotient(int n, int divisor) {
    float inverse = 1.0 / float(divisor);
    int result = int(float(n) * inverse);
    int left = n - result * divisor;
    if (n >= 0x100000) {
      result += int(floor(float(left) * inverse));
      left = n - result * divisor;
    }
    return result + (left >= divisor ? 1 : 0) - (left < 0 ? 1 : 0);
  }

  int packedWidth(ivec2 texShape) {
    return (texShape.y + 1) >> 1;
  }

  // Where a packed texture has its n-th texel.
  ivec2 packedTexel(int n, ivec2 texShape) {
    int width = packedWidth(texShape);
    int row = quotient(n, width);
    return ivec2(n - row * width, row);
  }

  // The texel after one of a packed texture.
  ivec2 nextTexel(ivec2 at, ivec2 texShape) {
    return at.x + 1 < packedWidth(texShape) ? ivec2(at.x + 1, at.y) : ivec2(0, at.y + 1);
  }

  // Which texel of the packed output this is.
  int outputTexel() {
    ivec2 at = ivec2(gl_FragCoord.xy);
    return at.y * packedWidth(outTexShape) + at.x;
  }

  // Where entry n of a table begins; table: (entries per row - 1, log2 of entries per row, texels per entry).
  ivec2 tableEntry(int n, ivec3 table) {
    return ivec2((n & table.x) * table.z, n >> table.y);
  }

  // Integers whose highest bit is set where a value is NaN, whatever the device makes of isnan and of comparisons with NaN. To be combined by |.
  uvec4 nanBits(vec4 values) {
    return (floatBitsToUint(values) & 0x7fffffffu) + 0x007fffffu;
  }

  bool anyNan(uvec4 bits) {
    return ((bits.x | bits.y | bits.z | bits.w) & 0x80000000u) != 0u;
  }

  bvec4 areNan(uvec4 bits) {
    return greaterThanEqual(bits, uvec4(0x80000000u));
  }

  const uint NAN_BITS = 0x7fc00000u;

  float sumOf(vec4 values) {
    return (values.x + values.y) + (values.z + values.w);
  }
`;
