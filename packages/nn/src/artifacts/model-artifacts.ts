// SPDX-License-Identifier: Apache-2.0
import {ArgumentError} from '@addernet/core';
import {io} from '@tensorflow/tfjs-core';
import * as tfl from '@tensorflow/tfjs-layers';
import {registerClasses} from '../register-classes.js';

export interface SaveOptions {
  /** Save the optimizer's state and the loss too, so that training can go on. Default false. */
  readonly includeOptimizer?: boolean;
}

/**
 * A model's topology and weights in memory: what TF.js writes into model.json and its weight files, whatever stores it (`io.ModelArtifacts`).
 * Equals what `model.save(handler)` hands to a handler.
 */
export async function toModelArtifacts(model: tfl.LayersModel, options: SaveOptions = {}): Promise<io.ModelArtifacts> {
  const received: io.ModelArtifacts[] = [];
  const handler = io.withSaveHandler(async (artifacts) => {
    received.push(artifacts);
    return {modelArtifactsInfo: {dateSaved: new Date(), modelTopologyType: 'JSON'}};
  });
  await model.save(handler, {includeOptimizer: options.includeOptimizer ?? false});
  const [artifacts] = received;
  if (artifacts === undefined) {
    throw new ArgumentError(`toModelArtifacts: ${model.name} handed nothing to the save handler`);
  }
  return artifacts;
}

/** Makes a model from `toModelArtifacts`, or from a model.json with its weights; registers this package's classes first. */
export async function fromModelArtifacts(artifacts: io.ModelArtifacts): Promise<tfl.LayersModel> {
  if (
    artifacts.modelTopology === undefined ||
    artifacts.weightSpecs === undefined ||
    artifacts.weightData === undefined
  ) {
    const missing = (['modelTopology', 'weightSpecs', 'weightData'] as const).filter(
      (key) => artifacts[key] === undefined,
    );
    throw new ArgumentError(
      `fromModelArtifacts: ${missing.join(' and ')} missing; expected all parts of a saved model`,
    );
  }
  registerClasses();
  return tfl.loadLayersModel(io.fromMemory(artifacts));
}
