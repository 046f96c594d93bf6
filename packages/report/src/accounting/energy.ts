// SPDX-License-Identifier: Apache-2.0
import type {ModelAccount} from './model-account.js';

/** A memory, and what an access to it costs. */
export interface MemoryLevel {
  readonly name: 'sram' | 'dram';
  readonly title: string;
  /** Picojoule for reading or writing 64 bits. */
  readonly picojoulePer64Bits: number;
}

/**
 * 45 nm, 0.9 V. Where activations and weights of a whole network stay on the chip, in a memory of a megabyte; and where every kernel goes to
 * DRAM for them. DRAM is given as 1.3 to 2.6 nJ; the lower end stands here, so that what is said of memory's share is said with caution.
 */
export const MEMORY_LEVELS = [
  {name: 'sram', title: '1 MB SRAM', picojoulePer64Bits: 100},
  {name: 'dram', title: 'DRAM', picojoulePer64Bits: 1300},
] as const satisfies readonly MemoryLevel[];

/** Where {@link MEMORY_LEVELS} comes from. */
export const MEMORY_ENERGY_SOURCE =
  '100 pJ for 64 bits of a 1 MB cache, 1.3 to 2.6 nJ for 64 bits of DRAM, of which the lower end is used (Horowitz, ISSCC 2014, fig. 1.1.9)';

/** Energy of one image, in picojoule. */
export interface ImageEnergy {
  readonly compute: number;
  readonly activations: number;
  readonly weights: number;
}

/** Bytes ÷ 8 · (energy of 64 bits). */
const memoryEnergy = (bytes: number, {picojoulePer64Bits}: MemoryLevel): number => (bytes / 8) * picojoulePer64Bits;

/**
 * Energy of one image at inference: its arithmetic, and every byte of its traffic at the price of one memory level. Weights are read once
 * for a batch, so an image pays its share of them. Operands that a kernel reads again (registers, first-level cache), instructions, leakage
 * and the network around a processor are not in it: what is compared is the least that each network needs.
 */
export function imageEnergy(account: ModelAccount, level: MemoryLevel): ImageEnergy {
  const {batch} = account.deployment;
  return {
    compute: account.computePicojoule / batch,
    activations: memoryEnergy(account.activationBytesRead + account.activationBytesWritten, level) / batch,
    weights: memoryEnergy(account.weightBytes, level) / batch,
  };
}

/** Picojoules of one image. */
export const totalEnergy = ({compute, activations, weights}: ImageEnergy): number => compute + activations + weights;
