// SPDX-License-Identifier: Apache-2.0

/** Says ready to the harness, which calls the functions by name: one JSON value in, one out. */
export function definePage(functions: Record<string, (input: never) => unknown>): void {
  Object.assign(globalThis, {addernetPage: functions});
}

/** Tells the harness what the page is about to do, so that a time limit can say what hung. */
export function step(name: string): void {
  const tell: unknown = Reflect.get(globalThis, 'addernetStep');
  if (typeof tell === 'function') tell(name);
}
