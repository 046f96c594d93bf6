// SPDX-License-Identifier: Apache-2.0
import type {Normalization} from '@addernet/plugin';

/** Normalisations that have a name: the ImageNet constants of torchvision's models, which many training scripts use for other data too. */
export const NAMED_NORMALIZATIONS: Readonly<Record<string, Normalization>> = {
  imagenet: {mean: [0.485, 0.456, 0.406], std: [0.229, 0.224, 0.225]},
};

/** What `parseNormalization` takes, for messages. */
export const NORMALIZATION_FORM = `${Object.keys(NAMED_NORMALIZATIONS).join(', ')}, or MEAN/STD such as 0.4914,0.4822,0.4465/0.2023,0.1994,0.201 (a number for each channel, of pixels from 0 to 1)`;

const NUMBER = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i;

/** Reads 'imagenet' or '0.485,0.456,0.406/0.229,0.224,0.225'; undefined if it is neither. */
export function parseNormalization(text: string): Normalization | undefined {
  if (Object.hasOwn(NAMED_NORMALIZATIONS, text)) return NAMED_NORMALIZATIONS[text];
  const [mean, std, ...rest] = text.split('/').map((part) => {
    const numbers = part.split(',').map((number) => number.trim());
    return numbers.every((number) => NUMBER.test(number)) ? numbers.map(Number) : [];
  });
  if (mean === undefined || std === undefined || rest.length > 0) return undefined;
  const fits = mean.length > 0 && mean.length === std.length && mean.every(Number.isFinite);
  return fits && std.every((value) => value > 0 && Number.isFinite(value)) ? {mean, std} : undefined;
}

/** As `parseNormalization` reads it; e.g. for a weights file's metadata. */
export function normalizationText({mean, std}: Normalization): string {
  return `${mean.join(',')}/${std.join(',')}`;
}
