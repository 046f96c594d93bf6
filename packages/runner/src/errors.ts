// SPDX-License-Identifier: Apache-2.0
import {AddernetError} from '@addernet/core';

/** Base of the runner's errors: something outside the code is wrong and can be put right; the message says how. */
export class RunnerError extends AddernetError {}

/** One thing wrong with a configuration. */
export interface ConfigIssue {
  /** Dotted path, e.g. 'optimizer.momentum'; '' for the whole. */
  readonly path: string;
  /** What was given, as in source code; 'nothing' where a value is missing. */
  readonly given: string;
  /** What would have been right. */
  readonly expected: string;
  /** Where the value came from: 'config', "variant 'smoke'", 'the command line' … */
  readonly origin?: string;
}

/** A configuration or an override that does not fit the schema. */
export class ConfigError extends RunnerError {
  readonly issues: readonly ConfigIssue[];
  /** The experiment's file, where known. */
  readonly file?: string;

  constructor(issues: readonly ConfigIssue[], file?: string) {
    const lines = issues.map(({path, given, expected, origin}) => {
      const subject = [path, origin === undefined ? '' : `(${origin})`].filter((part) => part !== '').join(' ');
      return `${subject === '' ? '' : `${subject}: `}given ${given}, expected ${expected}`;
    });
    super('ADDERNET_CONFIG', (file === undefined ? '' : `${file}: `) + lines.join('\n'));
    this.issues = issues;
    if (file !== undefined) this.file = file;
  }

  /** Path of the first issue. */
  get path(): string {
    return this.issues[0]?.path ?? '';
  }

  /** The same error, naming the file that it was found in. */
  inFile(file: string): ConfigError {
    return this.file === undefined ? new ConfigError(this.issues, file) : this;
  }
}

/** A name that nothing is bound to. */
export class UnknownNameError extends RunnerError {
  constructor(
    /** 'operator', 'architecture', …, 'variant'. */
    readonly kind: string,
    readonly given: string,
    readonly valid: readonly string[],
    suggestion?: string,
  ) {
    super(
      'ADDERNET_UNKNOWN_NAME',
      `unknown ${kind} "${given}"` +
        (suggestion === undefined ? '' : `; did you mean "${suggestion}"?`) +
        (valid.length === 0 ? `; no ${kind} is known` : `; valid: ${valid.join(', ')}`),
    );
  }
}

/** Two different things bound under one name. */
export class DuplicateNameError extends RunnerError {
  constructor(
    readonly kind: string,
    readonly given: string,
    readonly sources: readonly [string, string],
  ) {
    super(
      'ADDERNET_DUPLICATE_NAME',
      `${kind} "${given}" is bound twice, by ${sources[0]} and by ${sources[1]}; give one of them another name`,
    );
  }
}

/** A plugin that cannot be found or does not bring what a plugin must. */
export class PluginError extends RunnerError {
  constructor(
    readonly specifier: string,
    message: string,
    options?: ErrorOptions,
  ) {
    super('ADDERNET_PLUGIN', `plugin "${specifier}": ${message}`, options);
  }
}

/** Valid names that a message lists. */
const MOST_LISTED = 12;

/** A plugin that is not there: neither a file nor an installed package. */
export class UnknownPluginError extends PluginError {
  constructor(
    specifier: string,
    message: string,
    /** Specifiers that could be meant: the modules in the same folder, or the plugin packages that are installed. */
    readonly valid: readonly string[],
    suggestion?: string,
  ) {
    const listed = valid.slice(0, MOST_LISTED).join(', ') + (valid.length > MOST_LISTED ? ', …' : '');
    super(
      specifier,
      message +
        (suggestion === undefined ? '' : `; did you mean "${suggestion}"?`) +
        (valid.length === 0 ? '; there is none' : `; valid: ${listed}`),
    );
  }
}

/** A backend that was asked for, or any backend at all, cannot start here. */
export class BackendUnavailableError extends RunnerError {
  constructor(message: string, options?: ErrorOptions) {
    super('ADDERNET_BACKEND_UNAVAILABLE', message, options);
  }
}

/** The output folder cannot be made or written (permissions, full disk). What is already in it stays. */
export class OutputFolderError extends RunnerError {
  constructor(
    readonly folder: string,
    message: string,
    options?: ErrorOptions,
  ) {
    super('ADDERNET_OUTPUT_FOLDER', `output folder ${folder}: ${message}`, options);
  }
}

/** Another process works in the run folder. */
export class RunFolderLockedError extends RunnerError {
  constructor(
    readonly folder: string,
    readonly pid: number,
    readonly host: string,
    lockFile: string,
  ) {
    super(
      'ADDERNET_RUN_FOLDER_LOCKED',
      `run folder ${folder}: process ${pid} on ${host} is working in it; expected no other process. ` +
        `Wait for it or stop it; if it no longer exists, remove ${lockFile}`,
    );
  }
}

/** A run folder that cannot be gone on with, or read: not one, of another version, of another model or other data. */
export class ResumeError extends RunnerError {
  constructor(
    readonly folder: string,
    message: string,
    options?: ErrorOptions,
  ) {
    super('ADDERNET_RESUME', `run folder ${folder}: ${message}`, options);
  }
}

/** A checkpoint that is truncated, altered or of another form. */
export class CheckpointError extends RunnerError {
  constructor(
    readonly file: string,
    message: string,
    options?: ErrorOptions,
  ) {
    super('ADDERNET_CHECKPOINT', `checkpoint ${file}: ${message}`, options);
  }
}

/** Training diverged: the loss became NaN or infinite. */
export class NonFiniteLossError extends RunnerError {
  constructor(
    readonly run: string,
    readonly loss: number,
    /** 1 = the first epoch. */
    readonly epoch: number,
    /** 1 = the epoch's first step; absent when the loss was that of the test split after the epoch. */
    readonly step?: number,
    /** What was not finite first, e.g. 'output of layer bn2'; absent where that is not known. */
    readonly origin?: string,
  ) {
    super(
      'ADDERNET_NON_FINITE_LOSS',
      `${run}: the ${step === undefined ? 'test' : 'training'} loss became ${loss} in epoch ${epoch}` +
        (step === undefined ? '' : `, step ${step}`) +
        (origin === undefined ? '' : ` (first not finite: ${origin})`) +
        '; expected a finite number. A smaller optimizer.learningRate, or schedule.warmUpEpochs, may help',
    );
  }

  /** The same error with what was not finite first. */
  from(origin: string | undefined): NonFiniteLossError {
    return new NonFiniteLossError(this.run, this.loss, this.epoch, this.step, origin);
  }
}

/** The optimizer failed in the midst of updating the weights, which are of no use then. */
export class HalfUpdateError extends RunnerError {
  constructor(cause: unknown) {
    super('ADDERNET_HALF_UPDATE', `the update of the weights failed: ${errorText(cause)}`, {cause});
  }
}

/** A weights file that is missing, truncated, of no known format or holds values that are not numbers. */
export class WeightsFileError extends RunnerError {
  constructor(
    readonly file: string,
    message: string,
    options?: ErrorOptions,
  ) {
    super('ADDERNET_WEIGHTS_FILE', `weights file ${file}: ${message}`, options);
  }
}

/** Weights that belong to another model. */
export class WeightsMismatchError extends RunnerError {
  constructor(
    readonly file: string,
    readonly model: string,
    readonly missing: readonly string[],
    readonly unexpected: readonly string[],
    /** e.g. 'conv1/kernel: file has [3,3,3,16]; model expects [3,3,3,32]'. */
    readonly misshapen: readonly string[],
    hint?: string,
  ) {
    const part = (title: string, names: readonly string[]): string[] =>
      names.length === 0 ? [] : [`${names.length} ${title}: ${names.join('; ')}`];
    super(
      'ADDERNET_WEIGHTS_MISMATCH',
      [
        `weights file ${file} does not fit ${model}${hint === undefined ? '' : ` (${hint})`}`,
        ...part('missing', missing),
        ...part('unexpected', unexpected),
        ...part('of another shape', misshapen),
      ].join('\n  '),
    );
  }
}

/** The work was stopped through its AbortSignal. */
export class InterruptedError extends RunnerError {
  constructor(message = 'interrupted') {
    super('ADDERNET_INTERRUPTED', message);
  }
}

/** A one-line text of anything thrown. */
export function errorText(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/** Node's error code ('ENOSPC', 'EACCES', …), if it has one. */
export function errorCode(error: unknown): string | undefined {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : undefined;
}
