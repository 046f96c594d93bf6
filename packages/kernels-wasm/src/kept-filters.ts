// SPDX-License-Identifier: Apache-2.0
import type {WasmBackend} from './backend.js';
import type {PackedPhase} from './packed-phase.js';

/** A filter in panels, and the memory that they lie in. */
export interface KeptFilter {
  readonly phases: readonly PackedPhase[];
  readonly allocations: readonly number[];
}

interface Entry extends KeptFilter {
  /** Calls under way that read it. */
  readers: number;
}

/**
 * Packed filters that outlive their call, by the data id of their values and by how they are packed. They are kept from the second use on: inference uses
 * a filter again and again, whereas every training step gives it new values, which have an id of their own. They go with the values, or when
 * memory is out.
 */
export class KeptFilters {
  private readonly entries = new Map<object, Map<string, Entry>>();
  private readonly used = new WeakMap<object, Set<string>>();
  private readonly backend: WasmBackend;

  constructor(backend: WasmBackend) {
    this.backend = backend;
    const disposeData = backend.disposeData.bind(backend);
    backend.disposeData = (dataId, force) => {
      const gone = disposeData(dataId, force);
      if (gone) this.forget(dataId);
      return gone;
    };
  }

  /** What is kept of a filter; it stays until `release`. */
  take(filterId: object, packing: string): KeptFilter | undefined {
    const entry = this.entries.get(filterId)?.get(packing);
    if (entry !== undefined) entry.readers++;
    return entry;
  }

  /** Whether a filter that is not kept yet should be. The first time, it should not. */
  isUsedAgain(filterId: object, packing: string): boolean {
    const packings = this.used.get(filterId) ?? new Set();
    this.used.set(filterId, packings);
    if (packings.has(packing)) return true;
    packings.add(packing);
    return false;
  }

  /** Keeps a filter, which then counts as taken. */
  keep(filterId: object, packing: string, filter: KeptFilter): void {
    const packings = this.entries.get(filterId) ?? new Map<string, Entry>();
    this.entries.set(filterId, packings);
    packings.set(packing, {...filter, readers: 1});
  }

  release(filterId: object, packing: string): void {
    const entry = this.entries.get(filterId)?.get(packing);
    if (entry !== undefined) entry.readers--;
  }

  /**
   * Frees what no call is reading.
   *
   * @returns whether there was anything
   */
  clear(): boolean {
    let freed = false;
    for (const [filterId, packings] of this.entries) {
      for (const [packing, entry] of packings) {
        if (entry.readers > 0) continue;
        this.free(entry);
        packings.delete(packing);
        freed = true;
      }
      if (packings.size === 0) this.entries.delete(filterId);
    }
    return freed;
  }

  private forget(filterId: object): void {
    const packings = this.entries.get(filterId);
    if (packings === undefined) return;
    this.entries.delete(filterId);
    for (const entry of packings.values()) this.free(entry);
  }

  private free({allocations}: Entry): void {
    for (const allocation of allocations) this.backend.wasm._free(allocation);
  }
}

const kept = new WeakMap<WasmBackend, KeptFilters>();

/** The packed filters of a backend. */
export function keptFilters(backend: WasmBackend): KeptFilters {
  let filters = kept.get(backend);
  if (filters === undefined) {
    filters = new KeptFilters(backend);
    kept.set(backend, filters);
  }
  return filters;
}
