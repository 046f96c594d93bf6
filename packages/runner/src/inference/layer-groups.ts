// SPDX-License-Identifier: Apache-2.0
import type {LayerKind, ModelForm} from '@addernet/plugin';
import * as tfl from '@tensorflow/tfjs-layers';
import type {Subject} from './subjects.js';

/** One of the layers that answer the same question, e.g. the adder's. */
interface LayerCandidate {
  readonly operator?: string;
  readonly layer: tfl.layers.Layer;
  /** Names of the layers of its model that are like it, the first being `layer`. */
  readonly names: string[];
}

/** Layers of one kind, size and options, by operator. */
export interface LayerGroup {
  readonly form: ModelForm;
  readonly kind: LayerKind;
  /** Without the batch. */
  readonly inputShapes: readonly (readonly number[])[];
  readonly candidates: LayerCandidate[];
}

/** Options of layers that change what there is to compute; names and initial weights do not. */
const OPTIONS = [
  'kernelSize',
  'strides',
  'padding',
  'dilations',
  'groups',
  'useBias',
  'activation',
  'residual',
  'poolSize',
  'maxValue',
] as const;

function inputShapesOf(layer: tfl.layers.Layer): number[][] {
  const input = layer.getInputAt(0);
  const list = Array.isArray(input) ? input : [input];
  return list.map(({shape}) => shape.slice(1).map((size) => size ?? 1));
}

/**
 * The layers of models, those that are alike together. Layers of no operator and ordinary convolutions are the same in every model and stand once. Layers of
 * nested models are left out.
 */
export function layerGroups(subjects: readonly Subject[]): LayerGroup[] {
  const groups = new Map<string, LayerGroup>();
  for (const {form, model, layers} of subjects) {
    const own = new Map(model.layers.map((layer) => [layer.name, layer]));
    /** Of this model: candidates of an earlier one keep their names. */
    const added = new Set<LayerCandidate>();
    for (const {layer: name, kind, operator, outputShape} of layers) {
      const layer = own.get(name);
      if (layer === undefined || layer instanceof tfl.LayersModel) continue;
      const inputShapes = inputShapesOf(layer);
      const config = layer.getConfig();
      const what = kind === 'operator' ? kind : layer.getClassName();
      const key = JSON.stringify([
        form,
        what,
        inputShapes,
        outputShape,
        OPTIONS.map((option) => config[option] ?? null),
      ]);
      const group = groups.get(key) ?? {form, kind, inputShapes, candidates: []};
      groups.set(key, group);
      const same = group.candidates.find((candidate) => candidate.operator === operator);
      if (same === undefined) {
        const candidate = {...(operator === undefined ? {} : {operator}), layer, names: [name]};
        group.candidates.push(candidate);
        added.add(candidate);
      } else if (added.has(same)) {
        same.names.push(name);
      }
    }
  }
  return [...groups.values()];
}
