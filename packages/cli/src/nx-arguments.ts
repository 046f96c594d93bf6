// SPDX-License-Identifier: Apache-2.0
import {execFileSync} from 'node:child_process';
import {configFields, inferenceFields} from '@addernet/runner';

const camel = (name: string): string => name.replace(/-+([a-z0-9])/gi, (_, letter: string) => letter.toUpperCase());

/** Command lines of this process's ancestors, the nearest first; none where `ps` is not to be had. */
function ancestors(): string[] {
  let listing: string;
  try {
    listing = execFileSync('ps', ['-A', '-o', 'pid=,ppid=,args='], {encoding: 'utf8', maxBuffer: 2 ** 26});
  } catch {
    return [];
  }
  const processes = new Map<number, {readonly parent: number; readonly line: string}>();
  for (const [, pid, parent, line = ''] of listing.matchAll(/^\s*(\d+)\s+(\d+)\s+(.*)$/gm)) {
    processes.set(Number(pid), {parent: Number(parent), line});
  }
  const lines: string[] = [];
  for (let next = processes.get(process.ppid); next !== undefined; next = processes.get(next.parent)) {
    lines.push(next.line);
    if (lines.length > processes.size) break;
  }
  return lines;
}

/**
 * Arguments for the configuration that a person gave to `nx run` and that did not come here. Nx keeps every option that begins like one of its
 * own (`--batch-size`, for its `--batch`), and what stands before a lone `--`, without a word; a result with another configuration than was
 * asked for must not come of that.
 *
 * @param passed the arguments that did come
 */
export function keptByNx(passed: readonly string[]): string[] {
  if (process.env.NX_TASK_TARGET_PROJECT === undefined) return [];
  const fields = new Set([...configFields(), ...inferenceFields.fields].map(({path}) => path));
  const given = ancestors()
    .filter((line) => /^\S*node\S*\s+\S*[\\/]nx(\.js)?\s/.test(line))
    .flatMap((line) => line.split(/\s+/));
  return given.filter((argument) => {
    const name = /^--([a-z][\w.-]*)/i.exec(argument)?.[1];
    return name !== undefined && fields.has(camel(name)) && !passed.includes(argument);
  });
}
