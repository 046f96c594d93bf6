// SPDX-License-Identifier: Apache-2.0
export function lowerSimd(binary: Uint8Array): Uint8Array<ArrayBuffer>;
