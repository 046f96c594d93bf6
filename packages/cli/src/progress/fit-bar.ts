// SPDX-License-Identifier: Apache-2.0

const LONGEST = 30;
const SHORTEST = 10;
const MARGIN = '  ';

/**
 * One line with a bar, its percentage and as many of the parts as fit; what is over goes to the bar.
 *
 * @param progress fraction done
 * @param parts the most important first
 */
export function fitBar(columns: number, progress: number, parts: readonly string[]): string {
  const percentage = `${Math.floor(100 * progress)}%`.padStart(4);
  // The last column stays free: some terminals wrap when it is written.
  const free = columns - 1 - MARGIN.length - percentage.length;
  const shown = [...parts];
  const text = (): string => shown.map((part) => MARGIN + part).join('');
  while (shown.length > 0 && text().length + SHORTEST > free) shown.pop();
  const size = Math.max(0, Math.min(LONGEST, free - text().length));
  const done = Math.round(progress * size);
  return `${MARGIN}${'█'.repeat(done)}${'░'.repeat(size - done)}${percentage}${text()}`;
}
