// SPDX-License-Identifier: Apache-2.0
import {WasmThreadError} from '../errors.js';
import {EXPORT_NAMES, type KernelExports, SHARED_MODULE} from '../generated/kernels.js';
import {compile} from '../kernel-module.js';
import type {Lane} from '../lane.js';
import type {LaneMemory, ThreadPool} from '../thread-pool.js';
import {CallRecorder} from './call-recorder.js';
import * as words from './control.js';
import {ThreadWatch} from './thread-watch.js';
import {type PoolWorker, startPoolWorker} from './pool-worker.js';
import {runCalls, runItems, type SharedWork} from './run-items.js';

/** Numbers in the list of calls (2 MiB), and items, that are handed over at once; longer work is handed over in parts. */
const CALL_NUMBERS = 2 ** 18;
const MOST_ITEMS = 2 ** 12;

/**
 * How often a thread looks before it goes to sleep: about 50 µs. From one kernel to the next are 10–100 µs, and to be woken takes as long; with
 * threads that look much longer, other processes notice.
 */
const SPINS = 10_000;

/** See docs/performance.md, "Threads". */
const LEAST_NANOSECONDS = 25_000;

/** Workers on the shared memory of a backend, and the calling thread. See control.js for how they work together. */
export class WorkerPool implements ThreadPool {
  leastNanoseconds: number = LEAST_NANOSECONDS;
  readonly threads: number;
  lost = false;
  private readonly functions: readonly KernelExports[keyof KernelExports][];
  private readonly work: SharedWork;
  private readonly recorder: CallRecorder;
  private readonly workers: PoolWorker[] = [];
  private readonly watch: ThreadWatch;
  private failure: string | undefined;
  private closed = false;
  /** The piece of work that is being handed over. */
  private kernelName = '';
  private recorded = 0;
  private firstCall = 0;
  /** Whether the item that is being recorded does not fit the list: the calling thread then makes its calls as they come. */
  private oversize = false;

  /** Starts `threads` − 1 workers. */
  static async start(threads: number, memory: WebAssembly.Memory, kernels: KernelExports): Promise<WorkerPool> {
    const pool = new WorkerPool(threads, kernels);
    try {
      await Promise.all(Array.from({length: threads - 1}, (_, index) => pool.startWorker(index + 1, memory)));
    } catch (error) {
      pool.close();
      throw error;
    }
    return pool;
  }

  private constructor(threads: number, kernels: KernelExports) {
    this.threads = threads;
    this.functions = EXPORT_NAMES.map((name) => kernels[name]);
    this.work = {
      control: new Int32Array(new SharedArrayBuffer(words.controlLength(threads) * Int32Array.BYTES_PER_ELEMENT)),
      calls: new Float64Array(new SharedArrayBuffer(CALL_NUMBERS * Float64Array.BYTES_PER_ELEMENT)),
      starts: new Int32Array(new SharedArrayBuffer((MOST_ITEMS + 1) * Int32Array.BYTES_PER_ELEMENT)),
    };
    this.work.control[words.GATE] = words.CLOSED;
    this.watch = new ThreadWatch(this.work.control, threads);
    this.recorder = new CallRecorder(this.work.calls, (needed) => this.makeRoom(needed));
  }

  run(
    kernelName: string,
    items: number,
    memories: readonly LaneMemory[],
    describe: (item: number, lane: Lane) => void,
  ): boolean {
    this.kernelName = kernelName;
    this.throwIfFailed();
    const {control, calls, starts} = this.work;
    memories.forEach(({base, stride}, index) => calls.set([base, stride], 2 * index));
    this.firstCall = 2 * memories.length;
    Atomics.store(control, words.REFUSED, 0);
    this.recorder.position = this.firstCall;
    this.recorded = 0;
    for (let item = 0; item < items; item++) {
      starts[this.recorded] = this.recorder.position;
      this.oversize = false;
      describe(item, this.recorder);
      if (this.oversize) this.runOversize();
      else this.recorded++;
      if (this.recorded === MOST_ITEMS) this.handOver();
    }
    this.handOver();
    return Atomics.load(control, words.REFUSED) === 0;
  }

  /** Ends the workers. */
  close(): void {
    this.closed = true;
    const {control} = this.work;
    Atomics.store(control, words.STOP, 1);
    Atomics.add(control, words.GENERATION, 1);
    Atomics.notify(control, words.GENERATION);
    for (const worker of this.workers) worker.terminate();
  }

  private async startWorker(lane: number, memory: WebAssembly.Memory): Promise<void> {
    const start = {
      module: compile(SHARED_MODULE),
      memory,
      exportNames: EXPORT_NAMES,
      work: this.work,
      lane,
      threads: this.threads,
      spins: SPINS,
    };
    const onEnd = (reason: string): void => this.fail(`thread ${lane} of ${this.threads} has ended: ${reason}`);
    const worker = await startPoolWorker(start, onEnd);
    // Another one may have failed to start in the meantime.
    if (this.closed) worker.terminate();
    else this.workers.push(worker);
  }

  /** Has the recorded items run by all threads, and starts a new list. */
  private handOver(): void {
    const {control, starts} = this.work;
    const items = this.recorded;
    starts[items] = this.recorder.position;
    this.recorder.position = this.firstCall;
    this.recorded = 0;
    if (items === 0) return;
    Atomics.store(control, words.NEXT, 0);
    Atomics.store(control, words.ITEMS, items);
    Atomics.store(control, words.GATE, 0);
    Atomics.add(control, words.GENERATION, 1);
    Atomics.notify(control, words.GENERATION, items - 1);
    try {
      runItems(this.work, this.functions, 0);
    } finally {
      this.closeGate();
    }
    this.throwIfFailed();
  }

  /** Lets nobody in any more, and waits for those who are inside. */
  private closeGate(): void {
    const {control} = this.work;
    Atomics.add(control, words.GATE, words.CLOSED);
    for (let spin = 0; spin < SPINS; spin++) {
      if (Atomics.load(control, words.GATE) === words.CLOSED) return;
    }
    this.watch.begin();
    for (;;) {
      const gate = Atomics.load(control, words.GATE);
      if (gate === words.CLOSED) return;
      const reason = Atomics.wait(control, words.GATE, gate, ThreadWatch.INTERVAL) === 'timed-out' && this.watch.look();
      // A thread that has ended may have left before.
      if (typeof reason !== 'string' || Atomics.load(control, words.GATE) === words.CLOSED) continue;
      this.lost = true;
      this.fail(reason);
      return;
    }
  }

  /** The list is full: the items before this one are run; if that is not enough, the calls of this one, too. */
  private makeRoom(needed: number): void {
    const {calls, starts} = this.work;
    const end = this.recorder.position;
    const start = starts[this.recorded];
    if (this.recorded > 0) {
      this.recorder.position = start;
      this.handOver();
      calls.copyWithin(this.firstCall, start, end);
      this.recorder.position = this.firstCall + (end - start);
      starts[0] = this.firstCall;
      if (this.recorder.position + needed <= calls.length) return;
    }
    this.runOversize();
    this.oversize = true;
  }

  private runOversize(): void {
    runCalls(this.work, this.functions, 0, this.firstCall, this.recorder.position);
    this.recorder.position = this.firstCall;
  }

  private fail(reason: string): void {
    if (!this.closed) this.failure ??= reason;
  }

  private throwIfFailed(): void {
    if (Atomics.load(this.work.control, words.FAILURE) !== 0) this.fail(this.failureMessage());
    if (this.closed) {
      throw new WasmThreadError(
        `${this.kernelName}: the threads have been ended; start them again with startThreadedBackend`,
      );
    }
    if (this.failure !== undefined) {
      throw new WasmThreadError(
        `${this.kernelName}: ${this.failure}. The results of this call are lost, and the backend's kernels need its threads: ` +
          'tf.removeBackend, then startThreadedBackend',
      );
    }
  }

  private failureMessage(): string {
    const {control} = this.work;
    const start = words.messageStart(this.threads);
    const codes = control.slice(start, start + Math.max(0, control[words.FAILURE]));
    return `a thread has failed: ${String.fromCharCode(...codes)}`;
  }
}
