// SPDX-License-Identifier: Apache-2.0
import {adderOperator} from '@addernet/nn';
import {type Architecture, tokens} from '@addernet/plugin';
import zooModule, {zooModule as named} from '@addernet/zoo/plugin';
import {Container} from 'inversify';
import {beforeAll, expect, test} from 'vitest';
import {architectures, createVggSmall} from '@addernet/zoo';
import {startCpu} from './support.js';

beforeAll(startCpu);

test('the plugin binds every architecture, beside those bound from elsewhere', () => {
  expect(named).toBe(zooModule);
  const container = new Container();
  container.load(zooModule);
  const mine = createVggSmall({name: 'vgg-mini', widths: [4, 8]});
  container.bind(tokens.architecture).toConstantValue(mine);
  const bound = container.getAll<Architecture>(tokens.architecture);
  expect(bound.map(({name}) => name)).toEqual([...architectures.map(({name}) => name), 'vgg-mini']);
  const model = bound.at(-1)?.build({operator: adderOperator, numClasses: 4, inputShape: [8, 8, 1], seed: 0});
  expect(model?.outputs[0]?.shape).toEqual([null, 4]);
});
