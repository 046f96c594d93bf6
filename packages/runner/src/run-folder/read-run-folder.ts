// SPDX-License-Identifier: Apache-2.0
import {readFile} from 'node:fs/promises';
import path from 'node:path';
import {z} from 'zod';
import {ResumeError, errorCode, errorText} from '../errors.js';
import {EXPERIMENT_VERSION, experimentRecordSchema, type ExperimentRecord} from '../experiment/experiment-record.js';

/** @throws ResumeError if the file is not there, cut off or of another form */
export async function readJson<T>(folder: string, name: string, schema: z.ZodType<T>): Promise<T> {
  let text: string;
  try {
    text = await readFile(path.join(folder, name), 'utf8');
  } catch (error) {
    throw new ResumeError(
      folder,
      errorCode(error) === 'ENOENT'
        ? `has no ${name}; expected a folder that \`addernet run\` made`
        : `${name} cannot be read: ${errorText(error)}`,
      {cause: error},
    );
  }
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch (error) {
    throw new ResumeError(folder, `${name} is not JSON, or truncated (${errorText(error)})`, {cause: error});
  }
  const checked = schema.safeParse(parsed);
  if (checked.success) return checked.data;
  const [issue] = checked.error.issues;
  throw new ResumeError(
    folder,
    `${name} is of another version or altered: ${issue?.path.map(String).join('.') ?? ''}: ${issue?.message ?? 'another form'}`,
  );
}

/** As readJson; undefined where there is no such file, as a process leaves it that is killed early. */
export async function readJsonIfThere<T>(folder: string, name: string, schema: z.ZodType<T>): Promise<T | undefined> {
  try {
    return await readJson(folder, name, schema);
  } catch (error) {
    if (error instanceof ResumeError && errorCode(error.cause) === 'ENOENT') return undefined;
    throw error;
  }
}

/** What a run folder says of how it was begun. */
export interface Beginning {
  readonly record: ExperimentRecord;
  readonly environment: Readonly<Record<string, string>>;
}

/** @throws ResumeError if the folder is no run folder, or one of another form */
export async function readBeginning(folder: string): Promise<Beginning> {
  const {version} = await readJson(folder, 'experiment.json', z.looseObject({version: z.unknown()}));
  if (version !== EXPERIMENT_VERSION) {
    throw new ResumeError(folder, `of form ${String(version)}; this version goes on with form ${EXPERIMENT_VERSION}`);
  }
  return {
    record: await readJson(folder, 'experiment.json', experimentRecordSchema),
    environment: await readJson(folder, 'environment.json', z.record(z.string(), z.string())),
  };
}
