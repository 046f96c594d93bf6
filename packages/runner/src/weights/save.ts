// SPDX-License-Identifier: Apache-2.0
import {toModelArtifacts} from '@addernet/nn';
import {io} from '@tensorflow/tfjs-core';
import type {LayersModel} from '@tensorflow/tfjs-layers';

/** The two files that a model is saved as. */
export interface EncodedModel {
  /** model.json: TF.js's layers-model format, readable by tf.loadLayersModel. */
  readonly json: string;
  /** weights.bin. */
  readonly weights: Uint8Array;
}

/** A model as model.json and weights.bin, with metadata (under userDefinedMetadata) that says what it is. */
export async function encodeModel(
  model: LayersModel,
  metadata: Readonly<Record<string, string>>,
): Promise<EncodedModel> {
  const {weightData = [], weightSpecs = [], modelTopology, format, generatedBy} = await toModelArtifacts(model);
  const json = {
    format,
    generatedBy,
    convertedBy: null,
    modelTopology,
    userDefinedMetadata: metadata,
    weightsManifest: [{paths: ['weights.bin'], weights: weightSpecs}],
  };
  return {json: JSON.stringify(json), weights: new Uint8Array(io.CompositeArrayBuffer.join(weightData))};
}
