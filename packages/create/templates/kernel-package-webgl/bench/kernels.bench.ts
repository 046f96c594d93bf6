// SPDX-License-Identifier: Apache-2.0
/**
 * The kernels of this package beside those of @addernet/kernels-webgl ('contributed' and not) and TF.js's convolution, in the same rounds: ratios hold
 * on a busy machine, too. They run in a browser, in test/browser/page.ts. `--help` says what can be chosen.
 *
 *     npm run bench -- --quick
 */
import {layerName} from '@addernet/conformance/bench';
import {runBench} from '@addernet/conformance/bench/node';
import packageJson from '../package.json' with {type: 'json'};
import {openPage, type Page} from '../test/browser/open-page.js';

let page: Page | undefined;
let details: Readonly<Record<string, string>> = {};

function opened(): Page {
  if (page === undefined) throw new Error('the page is not open yet');
  return page;
}

try {
  await runBench(
    {
      title: `${packageJson.name}: its kernels against Addernet's and TensorFlow.js's own`,
      async start() {
        page = await openPage();
        details = await page.call('startBench', undefined);
      },
      // The page has registered them.
      register: () => undefined,
      benchLayer: (part, set, layer, {batch, quick, rounds, leastRounds, budget}) =>
        opened().call('benchLayer', {
          ...{part: part.name, shapes: set.name, layer: layerName(layer), quick: quick ?? false},
          ...{rounds, leastRounds, budget, batch},
        }),
      details: () => ({name: 'webgl', ...details}),
      versions: {[packageJson.name]: packageJson.version},
    },
    // Later arguments prevail: --shapes=vgg-small, --parts=forward,input-gradient, …
    ['--shapes=resnet20', '--parts=forward', '--batch=2', ...process.argv.slice(2)],
  );
} finally {
  await page?.close();
}
