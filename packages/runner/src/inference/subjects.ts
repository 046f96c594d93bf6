// SPDX-License-Identifier: Apache-2.0
import {countCosts, fuseForInference} from '@addernet/nn';
import type {Architecture, LayerCosts, MeasuredModel, ModelForm, Operator} from '@addernet/plugin';
import type {LayersModel} from '@tensorflow/tfjs-layers';
import type {InferenceConfig} from './schema.js';

/** A model in one of its forms. */
export interface Subject extends MeasuredModel {
  readonly form: ModelForm;
  readonly model: LayersModel;
  /** Costs of the form's layers. */
  readonly layers: readonly LayerCosts[];
}

/** Writes weights into a model that was built. */
export type LoadWeights = (model: LayersModel, architecture: Architecture, operator: Operator) => Promise<void>;

export interface SubjectOptions extends Pick<InferenceConfig, 'forms' | 'image' | 'classes'> {
  readonly loadWeights?: LoadWeights;
}

/**
 * Builds every operator's model in every form, on the backend that is set. Without `loadWeights` the weights are initial ones: what kernels take hardly depends
 * on values, as long as they are finite.
 *
 * @param known every bound operator, for the costs
 */
export async function buildSubjects(
  architecture: Architecture,
  operators: readonly Operator[],
  known: readonly Operator[],
  {forms, image, classes, loadWeights}: SubjectOptions,
): Promise<Subject[]> {
  const subjects: Subject[] = [];
  /** Not among them yet. */
  let built: LayersModel | undefined;
  try {
    for (const operator of operators) {
      const model = architecture.build({
        operator,
        numClasses: classes,
        inputShape: [image.height, image.width, image.channels],
        seed: 0,
      });
      built = model;
      await loadWeights?.(model, architecture, operator);
      const costs = await countCosts(model, [operator, ...known]);
      const shared = {architecture: architecture.name, operator: operator.name, costs};
      if (forms.includes('fused')) {
        const {model: fused} = await fuseForInference(model);
        subjects.push({...shared, form: 'fused', model: fused, layers: costs.fusedLayers ?? costs.layers});
      }
      if (forms.includes('plain')) subjects.push({...shared, form: 'plain', model, layers: costs.layers});
      else model.dispose();
      built = undefined;
    }
  } catch (error) {
    if (subjects.every(({model}) => model !== built)) built?.dispose();
    disposeSubjects(subjects);
    throw error;
  }
  // As configured: forms outermost, so that the baseline is the first.
  return forms.flatMap((form) => subjects.filter((subject) => subject.form === form));
}

export function disposeSubjects(subjects: readonly Subject[]): void {
  for (const {model} of subjects) model.dispose();
}
