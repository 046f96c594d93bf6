// SPDX-License-Identifier: Apache-2.0
export * from './errors.js';
export * from './config/definition.js';
export {
  DEFAULT_CONFIG,
  experimentConfigSchema,
  partialConfigSchema,
  type ExperimentConfig,
  type PartialConfig,
} from './config/schema.js';
export type {ConfigField, FieldTable} from './config/field-table.js';
export {configFields, trainingFields} from './config/fields.js';
export {parseOverrideArguments, parseOverrides, type Overrides} from './config/overrides.js';
export {configRecord, resolveTrainings, type TrainingChoice} from './config/recipes.js';
export {resolveConfig, slowBackendEffect, type ResolveOptions} from './config/resolve.js';
export {createContainer, listBound, loadModules, lookup, type NamedModule} from './container.js';
export {loadPlugins, type LoadPluginsOptions} from './plugins/load-plugins.js';
export {chooseBackend, startBackend} from './backend.js';
export * from './listener.js';
export {measureMachine, type MeasureMachineOptions} from './machine/measure-machine.js';
export {runExperiment} from './experiment/run-experiment.js';
export {resumeExperiment, type ResumeExperimentOptions} from './experiment/resume-experiment.js';
export {
  compareExperiments,
  withInference,
  type ExperimentResults,
  type MeasuredResults,
} from './comparison/compare-experiments.js';
export {readExperiment} from './comparison/read-experiment.js';
export {
  reportExperiments,
  type ExperimentReports,
  type ReportExperimentsOptions,
} from './comparison/report-experiments.js';
export {decodeCheckpoint, encodeCheckpoint, type Checkpoint} from './checkpoints/checkpoint-file.js';
export type {TrainingState} from './checkpoints/training-state.js';
export {layersFile, readLayerRecords} from './run-folder/layer-records.js';
export {experimentSummarySchema} from './run-folder/summary-schema.js';
export * from './experiment/types.js';
export {localLauncher} from './launch/local-launcher.js';
export {runCell, type RunCellOptions} from './launch/run-cell.js';
export {sendingListener, type RunMessage} from './launch/run-message.js';
export {
  addFeatures,
  FeaturesOptionError,
  type AddedFeatures,
  type AddFeaturesOptions,
} from './features/add-features.js';
export {featureMap, type FeatureMapOptions} from './features/feature-map.js';
export {evaluateWeights, EvaluateOptionError} from './evaluation/evaluate-weights.js';
export * from './evaluation/normalization.js';
export * from './evaluation/types.js';
export {trainModel, type TrainOptions, type TrainProgress} from './training/train-model.js';
export {evaluateSplit, type EvaluateSplitOptions, type SplitScore} from './training/evaluate-split.js';
export {ModelOutputError} from './training/logits.js';
export type {NamedWeight, WeightFormat, WeightsFile} from './weights/formats.js';
export {readWeights, weightFormats} from './weights/read.js';
export {applyWeights, type ApplyWeightsOptions} from './weights/apply.js';
export {encodeModel, type EncodedModel} from './weights/save.js';
export {
  checkInference,
  defineInference,
  isOfInference,
  resolveInference,
  type InferenceDefinition,
  type ResolveInferenceOptions,
} from './inference/definition.js';
export {runInference, type InferenceResult, type RunInferenceOptions} from './inference/run-inference.js';
export {
  DEFAULT_INFERENCE_CONFIG,
  inferenceConfigSchema,
  inferenceFields,
  type InferenceConfig,
  type PartialInferenceConfig,
} from './inference/schema.js';
