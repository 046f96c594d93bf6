// SPDX-License-Identifier: Apache-2.0
import type {ExperimentStatus, ExperimentSummary, RunJob} from '@addernet/plugin';
import type {Container} from 'inversify';
import type {ExperimentDefinition} from '../config/definition.js';
import type {Overrides} from '../config/overrides.js';
import type {RunListener} from '../listener.js';
import type {LoadPluginsOptions} from '../plugins/load-plugins.js';

/** What `runExperiment` takes. */
export interface RunExperimentOptions {
  readonly definition: ExperimentDefinition;
  /** The experiment's file: plugins are looked for from its folder, errors name it, its git commit is recorded. */
  readonly file?: string;
  /** Name of one of the definition's variants. */
  readonly variant?: string;
  readonly overrides?: Overrides;
  /** What can be named: operators, architectures, datasets, backends, reporters. The experiment's plugins are loaded into it. */
  readonly container: Container;
  readonly listener?: RunListener;
  /** Stops within a training step; the files are finished with status 'interrupted'. */
  readonly signal?: AbortSignal;
  /** Folder that `output` is relative to; default the process's working folder. */
  readonly workingFolder?: string;
  /** Cache folder of the datasets; default theirs ($ADDERNET_DATA or the platform's cache folder). */
  readonly dataRoot?: string;
  /** Further entries for environment.json, e.g. the versions of the packages that the container was made of. */
  readonly environment?: Readonly<Record<string, string>>;
  /**
   * The command line of a process that calls `runCell` for a run of a run folder. Without it runs are done in this process only.
   */
  readonly workerCommand?: (folder: string, run: string) => RunJob['command'];
  /** For hosts with a module loader of their own. */
  readonly importModule?: LoadPluginsOptions['importModule'];
}

/** What an experiment left. */
export interface ExperimentResult {
  /** Absolute path of the run folder. */
  readonly folder: string;
  readonly summary: ExperimentSummary;
  /** 'failed' if a run failed (the others were done), 'interrupted' if the signal stopped it. */
  readonly status: ExperimentStatus;
  /** Absolute paths of the files written, the reports last. */
  readonly files: readonly string[];
}
