// SPDX-License-Identifier: Apache-2.0
/**
 * Addernet's kernels against TensorFlow.js's own, on every backend in Chromium: `--help` says how.
 *
 *     npx nx run e2e-browser:bench -- --backends=wasm,webgl --batch=2 --rounds=5
 */
import {meansTable} from '@addernet/conformance/bench';
import {showProgress, writeWhole} from '@addernet/conformance/bench/node';
import {type BrowserBenchCommand, readCommand, USAGE} from './command.ts';
import {renderBenchMarkdown} from './markdown.ts';
import {renderBenchPage} from './page.ts';
import {runBrowserBench} from './run-bench.ts';
import {softwareWarning} from './report.ts';

async function main(asked: BrowserBenchCommand): Promise<void> {
  const {json, html, markdown} = asked;
  const progress = showProgress();
  const report = await runBrowserBench(asked, {
    show: progress.show,
    print(line) {
      progress.clear();
      console.log(line);
    },
  });
  progress.clear();
  for (const {name, means} of report.settings) if (means.length > 0) console.log(`\n${name}${meansTable(means)}`);
  const warning = softwareWarning(report);
  if (warning !== undefined) console.log(`\n${warning}`);
  await writeWhole(json, `${JSON.stringify(report, undefined, 2)}\n`);
  await writeWhole(html, await renderBenchPage(report));
  if (markdown !== undefined) await writeWhole(markdown, renderBenchMarkdown(report));
  console.log(`\n${[json, markdown, html].filter((file) => file !== undefined).join('\n')}`);
  if (report.settings.every(({kernels}) => kernels.length === 0)) process.exitCode = 1;
}

let command: BrowserBenchCommand | undefined;
try {
  command = readCommand(process.argv.slice(2));
} catch (error) {
  console.error(`bench: ${error instanceof Error ? error.message : String(error)}; see --help`);
  process.exitCode = 2;
}
if (command?.help === true) console.log(USAGE);
else if (command !== undefined) await main(command);
