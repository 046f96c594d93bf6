// SPDX-License-Identifier: Apache-2.0
import {FLOAT_BYTES, type KernelCall} from './kernel-call.js';
import {PIXEL_BYTES} from './pixel-table.js';
import type {WindowPlan} from './window-plan.js';

/** Sums of a source's windows. */
export class WindowSums {
  private readonly call: KernelCall;
  private readonly plan: WindowPlan;
  private readonly tables: number;
  private readonly scale: number;
  private readonly sums: number;
  /** Images of sums over the channels; absent where they are not shared. */
  private readonly channelSums: number | undefined;
  /** The block's images, or their channel sums. */
  private images = 0;

  /**
   * @param tables address of the plan's tables
   * @param scale factor of all sums
   */
  constructor(call: KernelCall, plan: WindowPlan, tables: number, scale: number) {
    const {padded, groups} = plan.pass;
    this.call = call;
    this.plan = plan;
    this.tables = tables;
    this.scale = scale;
    this.sums = call.scratchFloats(plan.limit);
    if (!plan.sums.shared) return;
    this.channelSums = call.scratchFloats(plan.images * padded.height * padded.width * groups);
  }

  /** Makes ready for a block of `count` images at `source`. */
  load(source: number, count: number): void {
    this.images = source;
    if (this.channelSums === undefined) return;
    const {padded, groups, source: shape} = this.plan.pass;
    const stretches = count * padded.height * padded.width * groups;
    this.call.kernels.sumStretches(source, stretches, shape.channels / groups, this.channelSums);
    this.images = this.channelSums;
  }

  /** @returns address of the sums of `pixelCount` windows of the block, from pixel `first` of a phase. */
  compute(phase: number, group: number, first: number, pixelCount: number): number {
    const tables = this.plan.sums.phases[phase];
    if (tables === undefined) return this.sums;
    const {source, groups} = this.plan.pass;
    const groupFloats = this.channelSums === undefined ? source.channels / groups : 1;
    this.call.kernels.sumWindows(
      this.images + group * groupFloats * FLOAT_BYTES,
      this.tables + tables.pixels + first * PIXEL_BYTES,
      pixelCount,
      this.tables + tables.runs,
      tables.runCount,
      tables.runLength,
      this.sums,
      this.scale,
    );
    return this.sums;
  }
}
