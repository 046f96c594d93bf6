// SPDX-License-Identifier: Apache-2.0

/** A line on stderr that says what is being done; where stderr is no terminal, nothing. */
export function showProgress(): {show(what: string): void; clear(): void} {
  const {stderr} = process;
  const start = performance.now();
  const clear = (): void => {
    if (stderr.isTTY) stderr.write('\r\u001b[K');
  };
  return {
    clear,
    show(what) {
      clear();
      const seconds = Math.round((performance.now() - start) / 1000);
      if (stderr.isTTY) stderr.write(`${seconds} s  ${what}`.slice(0, stderr.columns));
    },
  };
}
