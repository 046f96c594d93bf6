// SPDX-License-Identifier: Apache-2.0
/** 0.6789 → '67.9 %'. */
export const percent = (fraction: number): string => `${(100 * fraction).toFixed(1)} %`;

/** 0.91823 → '91.82 %': to one image of ten thousand. */
export const finePercent = (fraction: number): string => `${(100 * fraction).toFixed(2)} %`;

/** 83 → '1:23', 3700 → '1:01:40'. */
export function duration(seconds: number): string {
  if (!Number.isFinite(seconds)) return '–';
  const total = Math.max(0, Math.round(seconds));
  const parts = [Math.floor(total / 60) % 60, total % 60];
  const hours = Math.floor(total / 3600);
  const [first = 0, ...rest] = hours > 0 ? [hours, ...parts] : parts;
  return [String(first), ...rest.map((part) => String(part).padStart(2, '0'))].join(':');
}

export const megabytes = (bytes: number): string => `${(bytes / 1e6).toFixed(1)} MB`;

/** 1234567 → '1,234,567'. */
export const count = (value: number): string => value.toLocaleString('en-US');

/** Three digits at least below a hundred, whole numbers above. */
export const rate = (value: number): string => value.toFixed(value < 10 ? 2 : value < 100 ? 1 : 0);
