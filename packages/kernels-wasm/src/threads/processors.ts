// SPDX-License-Identifier: Apache-2.0

/**
 * How many threads can compute at once without getting in each other's way: physical cores as far as can be told, as two threads of one core share its
 * arithmetic units. A container's or process's limits count. In a page see {@link coresOfPage}.
 */
export function availableCores(): number {
  if (!('process' in globalThis) || globalThis.process.versions?.node === undefined) {
    return coresOfPage(globalThis.navigator?.hardwareConcurrency);
  }
  const os = process.getBuiltinModule('node:os');
  const limits = [os.availableParallelism(), physicalCores(), Math.floor(cpuQuota())];
  return Math.max(1, Math.min(...limits));
}

/**
 * A browser tells but the number of logical processors: half of them, as two may be one core's. Of two or three, two: they are seldom one core's, and then
 * little is lost.
 */
export function coresOfPage(logicalProcessors = 1): number {
  return Math.max(Math.min(2, logicalProcessors), Math.ceil(logicalProcessors / 2));
}

/** Cores that the processors which this process may run on belong to; infinity where the system does not say. */
function physicalCores(): number {
  const allowed = /^Cpus_allowed_list:\s*(\S+)/m.exec(readText('/proc/self/status') ?? '')?.[1];
  if (allowed === undefined) return Infinity;
  const cores = new Set<string>();
  for (const processor of listedNumbers(allowed)) {
    const siblings = readText(`/sys/devices/system/cpu/cpu${processor}/topology/thread_siblings_list`);
    if (siblings === undefined) return Infinity;
    cores.add(siblings.trim());
  }
  return cores.size === 0 ? Infinity : cores.size;
}

/** Processor time that Linux's control groups grant per time on the clock; infinity without a limit. */
function cpuQuota(): number {
  let quota = Infinity;
  const groups = (readText('/proc/self/cgroup') ?? '').split('\n').map((line) => line.split(':'));
  for (const [, controllers, path] of groups) {
    if (path === undefined) continue;
    if (controllers === '') {
      // Version 2: every group above limits, too. In a container, its own group may be the root of what is visible.
      const parts = path.split('/').filter((part) => part !== '');
      for (let length = parts.length; length >= 0; length--) {
        const folder = ['/sys/fs/cgroup', ...parts.slice(0, length)].join('/');
        const [time = 'max', period = '100000'] = (readText(`${folder}/cpu.max`) ?? 'max').trim().split(' ');
        if (time !== 'max') quota = Math.min(quota, Number(time) / Number(period));
      }
    } else if (controllers?.split(',').includes('cpu')) {
      for (const folder of [`/sys/fs/cgroup/cpu${path}`, '/sys/fs/cgroup/cpu']) {
        const time = Number(readText(`${folder}/cpu.cfs_quota_us`) ?? -1);
        const period = Number(readText(`${folder}/cpu.cfs_period_us`) ?? 0);
        if (time > 0 && period > 0) quota = Math.min(quota, time / period);
      }
    }
  }
  return Number.isNaN(quota) ? Infinity : Math.max(1, quota);
}

/** The numbers of a list such as 0-3,8. */
export function listedNumbers(list: string): number[] {
  return [...list.matchAll(/(\d+)(?:-(\d+))?/g)].flatMap(([, from, to = from]) => {
    const [first, last] = [Number(from), Number(to)];
    return Array.from({length: last - first + 1}, (_, index) => first + index);
  });
}

function readText(file: string): string | undefined {
  try {
    return process.getBuiltinModule('node:fs').readFileSync(file, 'utf8');
  } catch {
    return undefined;
  }
}
