// SPDX-License-Identifier: Apache-2.0
import {existsSync} from 'node:fs';
import path from 'node:path';
import {addFeatures} from '@addernet/runner';
import {Command} from 'commander';
import {createDefaultContainer} from '../composition.js';
import {interruptible} from '../interruptible.js';
import {positiveInteger} from '../options.js';
import {enableTypeScript} from '../typescript.js';

interface FeaturesFlags {
  readonly images: number;
  readonly backend?: string;
  readonly dataRoot?: string;
  readonly quiet?: boolean;
}

const isExperiment = (folder: string): boolean => existsSync(path.join(folder, 'experiment.json'));

/** Experiments' folders with the runs that were named in them; undefined stands for all. */
function chosenRuns(folders: readonly string[]): ReadonlyMap<string, readonly string[] | undefined> {
  const chosen = new Map<string, readonly string[] | undefined>();
  for (const folder of folders.map((given) => path.resolve(given))) {
    const around = path.dirname(folder);
    if (isExperiment(folder) || !isExperiment(around)) {
      chosen.set(folder, undefined);
    } else if (!chosen.has(around) || chosen.get(around) !== undefined) {
      chosen.set(around, [...(chosen.get(around) ?? []), path.basename(folder)]);
    }
  }
  return chosen;
}

async function features(folders: readonly string[], flags: FeaturesFlags): Promise<void> {
  // Plugins of the experiments may be TypeScript.
  enableTypeScript();
  await interruptible(process.stdout, flags.quiet === true, async ({listener, signal, stopProgress}) => {
    for (const [folder, runs] of chosenRuns(folders)) {
      const {reports} = await addFeatures({
        folder,
        images: flags.images,
        // One each: two experiments may have different plugins of one name.
        container: createDefaultContainer(),
        listener,
        signal,
        ...(runs === undefined ? {} : {runs}),
        ...(flags.backend === undefined ? {} : {backend: flags.backend}),
        ...(flags.dataRoot === undefined ? {} : {dataRoot: path.resolve(flags.dataRoot)}),
      });
      stopProgress();
      console.log(reports.find((name) => name.endsWith('.html')) ?? folder);
    }
  });
}

const NOTES = `
Of every run, the inputs of its last layer with a filter are computed for test images. Two numbers (lenet++) are drawn as they
are, with the classes' filters; more are brought to the plane by UMAP. The pictures go into report.html, results.md and features.svg,
the points into summary.json. The same images and the same seed of UMAP each time.

Exit codes: 0 done, 1 failed, 2 wrong arguments, 130 Ctrl-C (reports are then as before), 143 SIGTERM.`;

export function featuresCommand(): Command {
  return new Command('features')
    .summary('draw what the last layer of trained networks sees')
    .description("Adds pictures of the penultimate features of runs to their experiment's report.")
    .argument('<run...>', "run folders: an experiment's (all its runs), or those of single runs in it")
    .option('--images <number>', 'test images, of every class the same number', positiveInteger, 2000)
    .option('--backend <name>', 'TF.js backend (default: the one that the experiment ran on)')
    .option('--data-root <folder>', 'folder of the datasets (default: the one that the experiment was begun with)')
    .option('-q, --quiet', 'only notices and the paths of the reports')
    .addHelpText('after', NOTES)
    .action(async (folders: readonly string[], flags: FeaturesFlags) => features(folders, flags));
}
