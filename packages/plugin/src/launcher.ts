// SPDX-License-Identifier: Apache-2.0

/** One run of an experiment, to be done by a process of its own. */
export interface RunJob {
  /** The run's id, unique within the experiment. */
  readonly run: string;
  /** Absolute path of the experiment's run folder, which the process must see and be able to write. */
  readonly folder: string;
  /**
   * Command line that does the run in any process that sees the folder: it reads the folder's configuration, goes on where the run's newest
   * checkpoint is, writes everything into the folder and ends with exit code 0 (1 if the run failed, 130 if it was stopped).
   */
  readonly command: readonly [string, ...string[]];
}

/** What a launcher is given besides the job. */
export interface LaunchContext {
  /** Aborted when the experiment is stopped: the job is to be stopped gently (SIGTERM), so that it saves its state. */
  readonly signal: AbortSignal;
  /**
   * For what the process reports of its progress, in the form in which it sends it (`process.send`, where there is an IPC channel). A launcher that
   * does not hear its jobs leaves it out; the run's files have it all.
   */
  readonly onMessage: (message: unknown) => void;
}

/** Where runs are done: local processes, a queue, a cluster. */
export interface Launcher {
  /** Name by which experiments ask for it, e.g. 'local'. */
  readonly name: string;
  readonly description: string;
  /**
   * Does a job; called for as many jobs at a time as the experiment's `concurrency` says. Resolves when the job's process has ended, however it
   * ended: what became of the run stands in its files.
   *
   * @returns what to say of an end that leaves no trace in the files, e.g. "killed by SIGKILL"; undefined otherwise
   * @throws if the job could not be started; the run then fails with this error's message
   */
  launch(job: RunJob, context: LaunchContext): Promise<string | undefined>;
}
