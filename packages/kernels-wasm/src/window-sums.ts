// SPDX-License-Identifier: Apache-2.0
import {FLOAT_BYTES, type KernelCall} from './kernel-call.js';
import type {Lane} from './lane.js';
import {PIXEL_BYTES} from './pixel-table.js';
import type {WindowPlan} from './window-plan.js';

/** Sums of a source's windows. */
export class WindowSums {
  private readonly plan: WindowPlan;
  private readonly tables: number;
  private readonly scale: number;
  private readonly sums: number;
  /** Images of sums over the channels, in as many places as blocks; absent where they are not shared. */
  private readonly channelSums: number | undefined;
  private readonly placeBytes: number;

  /**
   * @param tables address of the plan's tables
   * @param scale factor of all sums
   * @param places as in PaddedBlock
   */
  constructor(call: KernelCall, plan: WindowPlan, tables: number, scale: number, places: number | 'lane') {
    const {padded, groups} = plan.pass;
    this.plan = plan;
    this.tables = tables;
    this.scale = scale;
    this.sums = call.laneScratch(plan.limit * FLOAT_BYTES);
    this.placeBytes = plan.images * padded.height * padded.width * groups * FLOAT_BYTES;
    if (!plan.sums.shared) return;
    this.channelSums = places === 'lane' ? call.laneScratch(this.placeBytes) : call.scratch(places * this.placeBytes);
  }

  /** Makes ready for a block of `count` images at `source`. */
  load(lane: Lane, source: number, count: number, place: number): void {
    if (this.channelSums === undefined) return;
    const {padded, groups, source: shape} = this.plan.pass;
    const stretches = count * padded.height * padded.width * groups;
    lane.run('sumStretches', source, stretches, shape.channels / groups, this.channelSums + place * this.placeBytes);
  }

  /** @returns address of the sums of `pixelCount` windows of the block at `source`, from pixel `first` of a phase; the thread's own. */
  compute(
    lane: Lane,
    block: {readonly source: number; readonly place: number},
    phase: number,
    group: number,
    first: number,
    pixelCount: number,
  ): number {
    const tables = this.plan.sums.phases[phase];
    if (tables === undefined) return this.sums;
    const {source, groups} = this.plan.pass;
    const shared = this.channelSums !== undefined;
    const images = shared ? this.channelSums + block.place * this.placeBytes : block.source;
    lane.run(
      'sumWindows',
      images + group * (shared ? 1 : source.channels / groups) * FLOAT_BYTES,
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
