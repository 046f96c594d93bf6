// SPDX-License-Identifier: Apache-2.0
import './wasm.js';
import * as tf from '@tensorflow/tfjs-core';
import {definePage} from './define-page.js';
import {describeEnvironment, type Environment} from './environment.js';
import {train} from './train.js';

/** The training page of an application that knows one backend. */
const functions = {
  async start(_: null): Promise<Environment> {
    tf.enableProdMode();
    await tf.setBackend('wasm');
    return describeEnvironment('wasm');
  },
  train,
};

export type TrainingWasmPage = typeof functions;
definePage(functions);
