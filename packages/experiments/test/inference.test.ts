// SPDX-License-Identifier: Apache-2.0
import {createDefaultContainer} from '@addernet/cli';
import {lookup, resolveInference} from '@addernet/runner';
import {expect, it} from 'vitest';
import inference from '../src/inference/experiment.js';

it.each([undefined, 'paper', 'imagenet', 'smoke'])('inference, variant %s, names what there is', (variant) => {
  const config = resolveInference(inference, variant === undefined ? {} : {variant});
  const container = createDefaultContainer();
  for (const name of config.architectures) expect(lookup(container, 'architecture', name).name).toBe(name);
  expect(config.operators).toEqual(['conv', 'adder']);
  expect(config.forms).toEqual(['plain', 'fused']);
  expect(config.image.channels).toBe(3);
});
