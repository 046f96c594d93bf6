// SPDX-License-Identifier: Apache-2.0
import {createDefaultContainer} from '@addernet/cli';
import {lookup, resolveConfig} from '@addernet/runner';
import {expect, it} from 'vitest';
import experiment from '../experiments/placeholder-name/experiment.js';

it.each([undefined, 'smoke'])('placeholder-name, variant %s, names what there is', async (variant) => {
  const config = resolveConfig(experiment, variant === undefined ? {} : {variant});
  const container = createDefaultContainer();
  for (const name of config.datasets) expect(lookup(container, 'dataset', name).name).toBe(name);
  for (const name of config.architectures) expect(lookup(container, 'architecture', name).name).toBe(name);
  for (const name of config.operators) expect(lookup(container, 'operator', name).name).toBe(name);
  expect(config.operators.length).toBeGreaterThan(1);
});
