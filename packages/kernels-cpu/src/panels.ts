// SPDX-License-Identifier: Apache-2.0

/** A matrix inside a flat array: element (row, column) at start + row · rowStride + column · columnStride. */
export interface MatrixView {
  readonly values: Float32Array;
  readonly start: number;
  readonly rows: number;
  readonly rowStride: number;
  readonly columns: number;
  readonly columnStride: number;
}

/**
 * Writes a matrix as panels [⌈columns / width⌉, rows, width] in float64, the last panel filled up with zeros: what an inner loop reads,
 * `width` columns at a time, one after the other.
 */
export function packPanels(matrix: MatrixView, width: number, target: Float64Array, targetStart: number): void {
  const {values, start, rows, rowStride, columns, columnStride} = matrix;
  let at = targetStart;
  for (let firstColumn = 0; firstColumn < columns; firstColumn += width) {
    const used = Math.min(width, columns - firstColumn);
    for (let row = 0; row < rows; row++, at += width) {
      const source = start + row * rowStride + firstColumn * columnStride;
      for (let column = 0; column < used; column++) target[at + column] = values[source + column * columnStride];
      for (let column = used; column < width; column++) target[at + column] = 0;
    }
  }
}

/** `count` rounded up to a multiple of `multiple`. */
export function roundUp(count: number, multiple: number): number {
  return Math.ceil(count / multiple) * multiple;
}
