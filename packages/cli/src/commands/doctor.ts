// SPDX-License-Identifier: Apache-2.0
import {access, constants, stat} from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import {adderConv2d, conv2dGeometry} from '@addernet/core';
import {adderConv2dReference} from '@addernet/core/reference';
import {dataRoot} from '@addernet/datasets/node';
import type {BackendProvider} from '@addernet/plugin';
import {errorText, listBound, loadPlugins} from '@addernet/runner';
import * as tf from '@tensorflow/tfjs-core';
import {Command} from 'commander';
import pc from 'picocolors';
import {createDefaultContainer} from '../composition.js';
import {EXIT} from '../exit-codes.js';
import {collect} from '../options.js';
import {columnsOf, wrapText} from '../text.js';
import {enableTypeScript} from '../typescript.js';

interface Finding {
  readonly level: 'ok' | 'warning' | 'error';
  readonly subject: string;
  readonly detail: string;
}

const MINIMUM_NODE = [20, 19] as const;

function checkNode(): Finding {
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
  const enough = major > MINIMUM_NODE[0] || (major === MINIMUM_NODE[0] && minor >= MINIMUM_NODE[1]);
  return {
    level: enough ? 'ok' : 'error',
    subject: 'Node.js',
    detail: enough ? process.versions.node : `${process.versions.node}; expected ${MINIMUM_NODE.join('.')} or later`,
  };
}

function checkMachine(): Finding {
  const gigabytes = os.totalmem() / 2 ** 30;
  const cpus = os.cpus();
  return {
    level: gigabytes < 2 ? 'warning' : 'ok',
    subject: 'machine',
    detail: `${cpus[0]?.model ?? 'unknown processor'}, ${cpus.length} threads, ${gigabytes.toFixed(1)} GiB of memory`,
  };
}

/** Starts the backend and holds one small adder convolution against the float64 reference. */
async function checkBackend(backend: BackendProvider): Promise<Finding> {
  const subject = `backend ${backend.name}`;
  const reason = await backend.unavailableReason();
  if (reason !== undefined) return {level: 'warning', subject, detail: `not available: ${reason}`};
  try {
    await backend.start();
    const xShape: [number, number, number, number] = [1, 5, 5, 3];
    const filterShape: [number, number, number, number] = [3, 3, 3, 4];
    const x = Float32Array.from({length: 75}, (_, index) => Math.sin(index));
    const filter = Float32Array.from({length: 108}, (_, index) => Math.cos(index));
    const geometry = conv2dGeometry({
      opName: 'doctor',
      xShape,
      filterShape,
      strides: 1,
      pad: 'same',
      dilations: 1,
      groups: 1,
    });
    const expected = adderConv2dReference(x, filter, geometry);
    const y = tf.tidy(() => adderConv2d(tf.tensor4d(x, xShape), tf.tensor4d(filter, filterShape), 1, 'same'));
    const actual = await y.data();
    y.dispose();
    const error = Math.max(...Array.from(actual, (value, index) => Math.abs(value - (expected[index] ?? Number.NaN))));
    if (!(error < 1e-4))
      return {level: 'error', subject, detail: `adderConv2d is off by ${error}; expected less than 1e-4`};
    const facts = await backend.details();
    const details = Object.entries(facts).flatMap(([key, value]) => {
      if (key.endsWith('.reason')) return [];
      const reason = facts[`${key}.reason`];
      return [reason === undefined ? `${key} ${value}` : `${key} ${value} (${reason})`];
    });
    const kernels = backend.kernelPackage ?? 'composed kernels (slow)';
    return {level: 'ok', subject, detail: [kernels, ...details, 'adderConv2d agrees with the reference'].join(', ')};
  } catch (error) {
    return {level: 'error', subject, detail: errorText(error)};
  }
}

/** The folder itself, or what of its path is there. */
async function existingPart(folder: string): Promise<string> {
  try {
    await access(folder);
    return folder;
  } catch {
    const parent = path.dirname(folder);
    return parent === folder ? folder : existingPart(parent);
  }
}

async function checkDataFolder(folder: string): Promise<Finding> {
  const subject = 'data folder';
  const there = await existingPart(folder);
  try {
    if (!(await stat(there)).isDirectory()) {
      return {level: 'error', subject, detail: `${folder}: ${there} is a file; expected a folder`};
    }
    await access(there, constants.W_OK);
    return {level: 'ok', subject, detail: there === folder ? folder : `${folder} (not there yet; downloads make it)`};
  } catch {
    const detail = `${folder}: ${there} cannot be written; what is there is used, nothing can be downloaded`;
    return {level: 'warning', subject, detail};
  }
}

interface DoctorFlags {
  readonly plugin: readonly string[];
  readonly dataRoot?: string;
  readonly json?: boolean;
}

async function doctor(flags: DoctorFlags): Promise<void> {
  const container = createDefaultContainer();
  enableTypeScript();
  await loadPlugins(container, flags.plugin, process.cwd());
  const root = dataRoot(flags.dataRoot);
  const findings: Finding[] = [checkNode(), checkMachine()];
  for (const backend of listBound(container, 'backend')) findings.push(await checkBackend(backend));
  findings.push(await checkDataFolder(root));
  for (const dataset of listBound(container, 'dataset')) {
    const status = await dataset.status({root});
    findings.push({
      level: status.available === 'official' ? 'ok' : 'warning',
      subject: `data ${dataset.name}`,
      detail:
        status.available === 'none' ? `${status.detail}; if that fails, the synthetic stand-in is used` : status.detail,
    });
  }
  if (flags.json === true) console.log(JSON.stringify(findings, null, 2));
  else {
    // picocolors itself would colour a log file where the environment says CI.
    const {green, yellow, red} = pc.createColors(process.stdout.isTTY === true && pc.isColorSupported);
    const marks = {ok: green('ok     '), warning: yellow('warning'), error: red('error  ')};
    const width = Math.max(...findings.map(({subject}) => subject.length));
    const columns = columnsOf(process.stdout);
    for (const {level, subject, detail} of findings) {
      const indent = 'warning'.length + width + 4;
      console.log(`${marks[level]}  ${subject.padEnd(width)}  ${wrapText(detail, columns, indent)}`);
    }
  }
  if (findings.some((finding) => finding.level === 'error')) process.exitCode = EXIT.failed;
}

export function doctorCommand(): Command {
  return new Command('doctor')
    .summary('check that this machine can run experiments')
    .description(
      'Checks Node.js, memory, every backend (one adder convolution against the reference) and the data folder.',
    )
    .option(
      '--data-root <folder>',
      "folder of the datasets (default: $ADDERNET_DATA, else the platform's cache folder)",
    )
    .option('--plugin <specifier>', 'load a plugin first, to check its backends and datasets; repeatable', collect, [])
    .option('--json', 'print the findings as JSON')
    .addHelpText('after', '\nThe exit code is 1 if a finding is an error, 0 with warnings.')
    .action(async (flags: DoctorFlags) => doctor(flags));
}
