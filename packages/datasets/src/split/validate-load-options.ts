// SPDX-License-Identifier: Apache-2.0
import {ArgumentError, describeValue} from '@addernet/core';
import type {DatasetDefinition} from '../definition.js';

/** @throws ArgumentError unless it is 'train' or 'test'. */
export function requireSplitName(definition: Pick<DatasetDefinition, 'title'>, split: string): void {
  requireOneOf(definition, 'split', split, ['train', 'test']);
}

/** @throws ArgumentError unless it is 'auto', 'official' or 'synthetic'. */
export function requireSource(definition: Pick<DatasetDefinition, 'title'>, source: string): void {
  requireOneOf(definition, 'source', source, ['auto', 'official', 'synthetic']);
}

/** @throws ArgumentError unless the dataset has such labels. */
export function requireLabelSet(definition: Pick<DatasetDefinition, 'title' | 'classNames'>, labels: string): void {
  requireOneOf(definition, 'labels', labels, Object.keys(definition.classNames));
}

function requireOneOf({title}: {title: string}, name: string, value: string, valid: readonly string[]): void {
  if (!valid.includes(value)) {
    throw new ArgumentError(
      `${title}: ${name} is ${describeValue(value)}; expected ${valid.map(describeValue).join(' or ')}`,
    );
  }
}
