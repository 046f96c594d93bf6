// SPDX-License-Identifier: Apache-2.0
import {mkdirSync, writeFileSync} from 'node:fs';
import path from 'node:path';
import type * as tfl from '@tensorflow/tfjs-layers';
import {encodeModel} from '../src/index.js';
import {fakeOperator, small} from './fixtures.js';

export const build = (numClasses = 6, seed = 1): tfl.LayersModel =>
  small.build({operator: fakeOperator('plain'), numClasses, inputShape: [4, 4, 3], seed});

/** Writes models into folders of `folder`; answers the path of model.json. */
export const saveIn =
  (folder: string) =>
  async (name: string, model: tfl.LayersModel, metadata: Record<string, string> = {}): Promise<string> => {
    const {json, weights} = await encodeModel(model, metadata);
    const target = path.join(folder, name);
    mkdirSync(target, {recursive: true});
    writeFileSync(path.join(target, 'model.json'), json);
    writeFileSync(path.join(target, 'weights.bin'), weights);
    return path.join(target, 'model.json');
  };
