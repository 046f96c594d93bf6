// SPDX-License-Identifier: Apache-2.0
import {startBackend, type StartRequest} from './backends.js';
import {definePage} from './define-page.js';
import {describeEnvironment, type Environment} from './environment.js';
import {train} from './train.js';

const functions = {
  async start(request: StartRequest): Promise<Environment> {
    const {name} = await startBackend(request);
    return describeEnvironment(name);
  },
  train,
};

export type TrainingPage = typeof functions;
definePage(functions);
