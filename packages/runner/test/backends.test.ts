// SPDX-License-Identifier: Apache-2.0
import {describe, expect, it, vi} from 'vitest';
import {chooseBackend, startBackend} from '../src/index.js';
import {containerWith, cpuBackend} from './fixtures.js';

describe('startBackend', () => {
  const startWith = async (threads: number | 'auto', details: Record<string, string>) => {
    const start = vi.fn(cpuBackend().start);
    const notices: string[] = [];
    const backend = cpuBackend({start, details: () => Promise.resolve(details)});
    const used = await startBackend(backend, threads, (notice) => notices.push(notice));
    expect(start).toHaveBeenCalledExactlyOnceWith({threads});
    return {used, notices};
  };

  it('passes the number of threads on, and answers how many there are', async () => {
    expect(await startWith('auto', {threads: '4'})).toEqual({used: 4, notices: []});
    expect(await startWith(2, {threads: '2'})).toEqual({used: 2, notices: []});
    expect(await startWith('auto', {})).toEqual({used: 1, notices: []});
    expect(await startWith(1, {})).toEqual({used: 1, notices: []});
  });

  it('says where threads do not apply, and why', async () => {
    expect(await startWith(2, {threads: '1', 'threads.reason': 'kernels are JavaScript'})).toEqual({
      used: 1,
      notices: ['threads=2 does not apply: backend "cpu" computes on one thread (kernels are JavaScript).'],
    });
    expect((await startWith(4, {threads: '2'})).notices).toEqual([
      'threads=4 does not apply: backend "cpu" computes on 2 threads.',
    ]);
  });
});

describe('chooseBackend', () => {
  const no = (): Promise<string> => Promise.resolve('not here');
  const choose = async (backends: Parameters<typeof containerWith>[0], name = 'auto'): Promise<string> =>
    (await chooseBackend(containerWith(backends), name)).description;
  const backend = (description: string, overrides: Parameters<typeof cpuBackend>[0]): ReturnType<typeof cpuBackend> =>
    cpuBackend({name: description, description, ...overrides});

  it('prefers fast, then own kernels, then priority, among the available', async () => {
    const slowKernels = backend('slow-kernels', {speed: 'slow', kernelPackage: '@addernet/kernels-cpu', priority: 1});
    const slowComposed = backend('slow-composed', {speed: 'slow', priority: 50});
    const fast = backend('fast', {speed: 'fast', kernelPackage: 'k', priority: 10});
    const faster = backend('faster', {speed: 'fast', kernelPackage: 'k', priority: 20});
    const missing = backend('missing', {speed: 'fast', kernelPackage: 'k', priority: 99, unavailableReason: no});
    expect(await choose({backends: [slowComposed, slowKernels, missing]})).toBe('slow-kernels');
    expect(await choose({backends: [slowComposed, fast, slowKernels, faster, missing]})).toBe('faster');
    expect(await choose({backends: [slowComposed, fast]}, 'slow-composed')).toBe('slow-composed');
    await expect(choose({backends: [fast, missing]}, 'missing')).rejects.toThrow(
      '"missing" is not available here: not here',
    );
  });
});
