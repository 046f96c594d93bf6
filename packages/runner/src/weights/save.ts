// SPDX-License-Identifier: Apache-2.0
import * as tf from '@tensorflow/tfjs-core';
import type {LayersModel} from '@tensorflow/tfjs-layers';

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
  const captured: tf.io.ModelArtifacts[] = [];
  await model.save(
    tf.io.withSaveHandler((artifacts) => {
      captured.push(artifacts);
      return Promise.resolve({modelArtifactsInfo: {dateSaved: new Date(), modelTopologyType: 'JSON'}});
    }),
  );
  const [artifacts] = captured;
  if (artifacts?.weightData === undefined) throw new Error(`${model.name}: TF.js gave no weights to save`);
  const {weightData, weightSpecs = [], modelTopology, format, generatedBy} = artifacts;
  const json = {
    format,
    generatedBy,
    convertedBy: null,
    modelTopology,
    userDefinedMetadata: metadata,
    weightsManifest: [{paths: ['weights.bin'], weights: weightSpecs}],
  };
  return {json: JSON.stringify(json), weights: new Uint8Array(tf.io.CompositeArrayBuffer.join(weightData))};
}
