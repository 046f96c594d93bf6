// SPDX-License-Identifier: Apache-2.0
import {setTimeout as sleep} from 'node:timers/promises';
import {tokens, type Reporter} from '@addernet/plugin';
import {ContainerModule} from 'inversify';

/** Takes longer over its report than anybody waits for. */
const slow: Reporter = {
  name: 'slow',
  fileName: 'slow.txt',
  render: async () => {
    await sleep(60_000);
    return 'done';
  },
};

export default new ContainerModule(({bind}) => {
  bind(tokens.reporter).toConstantValue(slow);
});
