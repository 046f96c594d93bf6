// SPDX-License-Identifier: Apache-2.0
import type {FeatureMap} from '@addernet/plugin';
import type {LayersModel} from '@tensorflow/tfjs-layers';
import {InterruptedError, errorText} from '../errors.js';
import type {RunOneOptions} from '../experiment/run-one.js';
import {featureMap} from './feature-map.js';

/**
 * The features of a trained run's test images, where its configuration asks for them. Where there can be none, a notice says so: the run itself is
 * done.
 */
export async function runFeatures(
  model: LayersModel,
  {cell, data, listener, signal}: Pick<RunOneOptions, 'cell' | 'data' | 'listener' | 'signal'>,
): Promise<FeatureMap | undefined> {
  const {featureImages: images, evaluationBatchSize: batchSize} = cell.training.config;
  if (images === 0) return undefined;
  try {
    return await featureMap(model, data.test, {
      images,
      batchSize,
      normalization: data.adapter.normalization,
      ...(signal === undefined ? {} : {signal}),
    });
  } catch (error) {
    const reason = error instanceof InterruptedError ? 'stopped' : errorText(error);
    listener?.onNotice?.(`${cell.id}: no picture of its features (${reason}); \`addernet features\` draws one later`);
    return undefined;
  }
}
