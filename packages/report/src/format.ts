// SPDX-License-Identifier: Apache-2.0
import type {Statistic} from './statistics.js';

/** No-break space: between a number and its unit. */
const NBSP = '\u00a0';
/** Shown where a run has no such number. */
export const ABSENT = '–';
/** Shown where a number is NaN or infinite; JSON has null for both. */
const NON_FINITE = 'non-finite';

const integers = new Intl.NumberFormat('en-US', {maximumFractionDigits: 0});

/** A hyphen-minus is no minus sign. */
function withMinus(text: string): string {
  return text.replace('-', '\u2212');
}

/** e.g. '272,474'. */
export function formatCount(value: number): string {
  return Number.isFinite(value) ? withMinus(integers.format(value)) : NON_FINITE;
}

/** With three significant digits or all integer digits: '0.0123', '62.1', '1,234'. */
export function formatSignificant(value: number): string {
  if (!Number.isFinite(value)) {
    return NON_FINITE;
  }
  const magnitude = Math.abs(value);
  if (magnitude >= 1e9 || (magnitude > 0 && magnitude < 1e-4)) {
    return withMinus(value.toExponential(2));
  }
  const text = new Intl.NumberFormat('en-US', {
    minimumSignificantDigits: magnitude < 1000 && magnitude > 0 ? 3 : 1,
    maximumSignificantDigits: Math.max(3, Math.floor(magnitude).toString().length),
  }).format(value);
  return withMinus(text);
}

export function formatFixed(value: number, digits: number): string {
  if (!Number.isFinite(value)) {
    return NON_FINITE;
  }
  return Math.abs(value) >= 1e6 ? withMinus(value.toExponential(2)) : withMinus(value.toFixed(digits));
}

/** e.g. '40.6 M'. */
export function formatMillions(value: number): string {
  return Number.isFinite(value) ? `${formatSignificant(value / 1e6)}${NBSP}M` : NON_FINITE;
}

const PREFIXES = ['p', 'n', 'µ', 'm', '', 'k', 'M', 'G', 'T'] as const;
const UNIT_PREFIX = PREFIXES.indexOf('');

/** With an SI prefix: '36.0 Gop/s', '94.2 µJ', '0 B'. Three significant digits unless told otherwise. */
export function formatQuantity(value: number, unit: string, digits = 3): string {
  if (!Number.isFinite(value)) {
    return NON_FINITE;
  }
  // Of the rounded value, so that 999.96 becomes 1.00 k and not 1000.
  const rounded = Number(value.toPrecision(digits));
  const thousands = rounded === 0 ? 0 : Math.floor(Math.log10(Math.abs(rounded)) / 3 + 1e-9);
  const index = Math.min(PREFIXES.length - 1, Math.max(0, UNIT_PREFIX + thousands));
  const scaled = rounded / 1000 ** (index - UNIT_PREFIX);
  const number = Math.abs(scaled) >= 10 ** digits || scaled === 0 ? formatCount(scaled) : scaled.toPrecision(digits);
  // Counts of things below a thousand have no decimals.
  const text = unit === '' && index === UNIT_PREFIX ? formatCount(rounded) : number;
  return `${withMinus(text)}${NBSP}${PREFIXES[index] ?? ''}${unit}`.replace(new RegExp(`${NBSP}$`, 'u'), '');
}

/** Decimals of an accuracy in percent such that one image shows, as far as two decimals go. */
export function accuracyDigits(images: number): number {
  return images >= 10_000 ? 2 : 1;
}

/** A fraction in percent, without the sign: '12.30'. */
export function formatPercentValue(fraction: number, digits: number): string {
  return formatFixed(fraction * 100, digits);
}

/** e.g. '12.30 %'. */
export function formatPercent(fraction: number, digits: number): string {
  return Number.isFinite(fraction) ? `${formatPercentValue(fraction, digits)}${NBSP}%` : NON_FINITE;
}

/** 'mean ± standard deviation', or the one value there is; `format` gets the digits to show from the mean. */
export function formatStatistic(
  statistic: Statistic | undefined,
  format: (value: number, mean: number) => string,
): string {
  if (statistic === undefined) {
    return ABSENT;
  }
  const {mean, deviation} = statistic;
  if (!Number.isFinite(mean)) {
    return NON_FINITE;
  }
  return deviation === undefined ? format(mean, mean) : `${format(mean, mean)} ± ${format(deviation, mean)}`;
}

/** Images per second to three digits of the mean: '84.5 ± 0.5', '1,234 ± 12'. */
export function formatSpeed(value: number, mean = value): string {
  if (!Number.isFinite(value)) {
    return NON_FINITE;
  }
  const digits = Math.min(4, Math.max(0, 2 - Math.floor(Math.log10(Math.max(Math.abs(mean), 1e-3)))));
  return withMinus(value.toLocaleString('en-US', {minimumFractionDigits: digits, maximumFractionDigits: digits}));
}

/** '1 epoch', '2 epochs'. */
export function epochCount(epochs: number): string {
  return `${epochs} ${epochs === 1 ? 'epoch' : 'epochs'}`;
}

/** e.g. '1 h 02 min', '3 min 05 s', '12.3 s'. */
export function formatDuration(seconds: number): string {
  if (!Number.isFinite(seconds)) {
    return NON_FINITE;
  }
  if (seconds < 59.95) {
    return `${seconds.toFixed(1)}${NBSP}s`;
  }
  const whole = Math.round(seconds);
  const pad = (value: number) => value.toString().padStart(2, '0');
  if (whole < 3600) {
    return `${Math.floor(whole / 60)}${NBSP}min ${pad(whole % 60)}${NBSP}s`;
  }
  const minutes = Math.round(whole / 60);
  return `${formatCount(Math.floor(minutes / 60))}${NBSP}h ${pad(minutes % 60)}${NBSP}min`;
}

/** ISO 8601 to '2026-11-22 10:00 UTC'; text that is no date stays as it is. */
export function formatTime(iso: string): string {
  const milliseconds = Date.parse(iso);
  if (!Number.isFinite(milliseconds)) {
    return iso;
  }
  const utc = new Date(milliseconds).toISOString();
  return `${utc.slice(0, 10)} ${utc.slice(11, 16)} UTC`;
}

/** 'a', 'a and b', 'a, b and c'. */
export function formatList(items: readonly string[]): string {
  const last = items.at(-1) ?? '';
  return items.length < 2 ? last : `${items.slice(0, -1).join(', ')} and ${last}`;
}
