// SPDX-License-Identifier: Apache-2.0
import * as tf from '@tensorflow/tfjs-core';
import {spawn} from 'node:child_process';
import {once} from 'node:events';
import {setTimeout as sleep} from 'node:timers/promises';
import {fileURLToPath} from 'node:url';
import {threadId} from 'node:worker_threads';
import {describe, expect, it} from 'vitest';
import {laneAddress} from '../src/lane-memory.js';
import {BEATS, GATE, laneWord, SYSTEM_ID} from '../src/threads/control.js';
import {startThreadedBackend, WasmThreadError} from '../src/threads/index.js';
import {ThreadWatch} from '../src/threads/thread-watch.js';
import {recordStartedWorkers} from './started-workers.js';
import {currentPool, useThreads} from './threaded-backend.js';
import {convolve, operands} from './threaded-convolution.js';

const started = recordStartedWorkers();

describe('a thread that is gone', () => {
  it('is an error of the next kernel, which says so, and of every later one', async () => {
    await useThreads(2);
    const tensors = operands();
    convolve(tensors);
    await started[0]?.terminate();
    await sleep(0);
    for (let call = 0; call < 2; call++) {
      expect(() => convolve(tensors)).toThrow(WasmThreadError);
      expect(() => convolve(tensors)).toThrow(/AdderConv2D: thread 1 of 2 has ended: it has exited with code 1/);
    }
    // Tensors can still be read, and the backend can be given new threads.
    expect(tensors.x.dataSync()[0]).toBeTypeOf('number');
    await useThreads(2);
    expect(convolve(tensors)).toHaveLength(6 * 9 * 9 * 11);
  });

  it('is an error with its message where it has failed in the midst of its work', async () => {
    const backend = await useThreads(2);
    const pool = currentPool();
    const address = backend.wasm._malloc(4096);
    // Thread 0 has its memory where there is some, thread 1 far behind the end.
    const run = () =>
      pool.run('Test', 2000, [{base: address, stride: 2 ** 31}], (_item, lane) => {
        for (let call = 0; call < 10; call++) lane.run('clear', laneAddress(0), 4096);
      });
    expect(() => {
      for (;;) run();
    }).toThrow(/Test: a thread has failed: RuntimeError: memory access out of bounds/);
    expect(run).toThrow(WasmThreadError);
    await new Promise((resolve) => started[0]?.on('exit', resolve));
    expect(run).toThrow(WasmThreadError);
  });

  it('is an error when it vanishes while the calling thread waits for it', async () => {
    const backend = await useThreads(2);
    const pool = currentPool();
    const {control} = Reflect.get(pool, 'work') as {control: Int32Array};
    const functions = Reflect.get(pool, 'functions') as unknown[];
    // What a worker leaves behind that enters, and dies there.
    Reflect.set(
      pool,
      'functions',
      functions.map(() => () => Atomics.add(control, GATE, 1)),
    );
    await started[0]?.terminate();
    Reflect.set(pool, 'failure', undefined);
    const tensors = operands();
    const begin = performance.now();
    expect(() => convolve(tensors)).toThrow(/thread 1 of 2 has ended in the midst of its work/);
    expect(performance.now() - begin).toBeLessThan(10_000);
    expect(pool.lost).toBe(true);
    expect(backend.wasm).toBeDefined();
    await expect(startThreadedBackend({threads: 2})).rejects.toThrow(/was lost.*tf.removeBackend/);
  });

  it('is noticed without help of the operating system by its silence', () => {
    const control = new Int32Array(new SharedArrayBuffer(4096));
    const watch = new ThreadWatch(control, 2);
    watch.begin();
    let looks = 0;
    let reason: string | undefined;
    while (reason === undefined && looks < 10_000) {
      if (looks === 50) Atomics.add(control, laneWord(1, BEATS), 1);
      reason = watch.look();
      looks++;
    }
    expect(reason).toMatch(/one of 2 threads has not finished its share for 60 s/);
    expect(looks).toBe(651);
  });

  it('is known to the operating system while it is there', async () => {
    await useThreads(3);
    const {control} = Reflect.get(currentPool(), 'work') as {control: Int32Array};
    const watch = new ThreadWatch(control, 3);
    watch.begin();
    expect(watch.look()).toBeUndefined();
    if (process.platform !== 'linux') return;
    expect(Atomics.load(control, laneWord(1, SYSTEM_ID))).toBeGreaterThan(0);
    await started[0]?.terminate();
    expect(watch.look()).toMatch(/thread 1 of 3 has ended/);
    expect(threadId).toBeTypeOf('number');
  });
});

describe('the end', () => {
  it('of the backend is that of the threads', async () => {
    await useThreads(3);
    const pool = currentPool();
    const exits = started.map((worker) => once(worker, 'exit'));
    tf.removeBackend('wasm');
    await Promise.all(exits);
    expect(() => pool.run('Test', 2, [], () => undefined)).toThrow(/Test: the threads have been ended/);
    await useThreads(2);
    expect(convolve(operands())).toHaveLength(6 * 9 * 9 * 11);
  });

  it.each(['end', 'error', 'exit'])('of a process is not put off by threads: %s', {timeout: 60_000}, async (kind) => {
    const script = fileURLToPath(new URL('fixtures/threads-end.ts', import.meta.url));
    const child = spawn(
      process.execPath,
      ['--conditions=@addernet/source', '--import', import.meta.resolve('tsx'), script, kind],
      {stdio: ['ignore', 'pipe', 'ignore']},
    );
    let output = '';
    child.stdout.on('data', (chunk: Buffer) => (output += chunk.toString()));
    const timer = setTimeout(() => child.kill('SIGKILL'), 40_000);
    const [code] = (await once(child, 'exit')) as [number | null];
    clearTimeout(timer);
    expect(output).toContain('computed on 2 threads');
    // TF.js's own handlers make 7 of the 1 that an uncaught error ends with.
    expect(kind === 'error' ? [1, 7] : kind === 'exit' ? [3] : [0]).toContain(code);
  });
});
