// SPDX-License-Identifier: Apache-2.0
import {access, constants} from 'node:fs/promises';
import os from 'node:os';
import {adderConv2d} from '@addernet/core';
import {adderConv2dReference} from '@addernet/core/reference';
import {conv2dGeometry} from '@addernet/core';
import {dataFolder} from '@addernet/datasets/node';
import type {BackendProvider} from '@addernet/plugin';
import {errorText, listBound} from '@addernet/runner';
import * as tf from '@tensorflow/tfjs-core';
import {Command} from 'commander';
import pc from 'picocolors';
import {createDefaultContainer} from '../composition.js';
import {EXIT} from '../exit-codes.js';

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
    const details = Object.entries(await backend.details()).map(([key, value]) => `${key} ${value}`);
    const kernels = backend.kernelPackage ?? 'composed kernels (slow)';
    return {level: 'ok', subject, detail: [kernels, ...details, 'adderConv2d agrees with the reference'].join(', ')};
  } catch (error) {
    return {level: 'error', subject, detail: errorText(error)};
  }
}

async function checkDataFolder(folder: string): Promise<Finding> {
  const subject = 'data folder';
  try {
    await access(folder, constants.R_OK);
  } catch {
    return {level: 'ok', subject, detail: `${folder} (not there yet; made by the first download)`};
  }
  try {
    await access(folder, constants.W_OK);
    return {level: 'ok', subject, detail: folder};
  } catch {
    return {level: 'warning', subject, detail: `${folder} is read-only: data in it is used, nothing can be downloaded`};
  }
}

async function doctor(flags: {readonly dataRoot?: string; readonly json?: boolean}): Promise<void> {
  const container = createDefaultContainer();
  const root = flags.dataRoot ?? dataFolder();
  const findings: Finding[] = [checkNode(), checkMachine()];
  for (const backend of listBound(container, 'backend')) findings.push(await checkBackend(backend));
  findings.push(await checkDataFolder(root));
  for (const dataset of listBound(container, 'dataset')) {
    const status = await dataset.status({root});
    findings.push({
      level: status.available === 'official' ? 'ok' : 'warning',
      subject: `data ${dataset.name}`,
      detail:
        status.available === 'none'
          ? `${status.detail}; the synthetic stand-in is used unless a download works`
          : status.detail,
    });
  }
  if (flags.json === true) console.log(JSON.stringify(findings, null, 2));
  else {
    const marks = {ok: pc.green('ok     '), warning: pc.yellow('warning'), error: pc.red('error  ')};
    const width = Math.max(...findings.map((finding) => finding.subject.length));
    for (const finding of findings)
      console.log(`${marks[finding.level]}  ${finding.subject.padEnd(width)}  ${finding.detail}`);
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
    .option('--json', 'print the findings as JSON; exit code 1 if one is an error')
    .action(async (flags: {readonly dataRoot?: string; readonly json?: boolean}) => doctor(flags));
}
