// SPDX-License-Identifier: Apache-2.0
import type {KernelConfig, NamedAttrMap, NamedTensorInfoMap, TensorInfo} from '@tensorflow/tfjs-core';
import {KernelCallError, KernelRegistrationError} from '../errors.js';
import type {AddernetKernelName, KernelTable} from './contract.js';
import {
  type AttributeReader,
  readActivation,
  readEpsilon,
  readFilterGradient,
  readGeometry,
  readInputGradient,
} from './attributes.js';
import {KERNEL_NAMES} from './contract.js';

/** A kernel as its author writes it: typed inputs, attributes and backend. */
export interface KernelDefinition<Name extends AddernetKernelName, Backend> {
  readonly kernelName: Name;
  /** TF.js's name of the backend, e.g. 'cpu'. Must not contain '_', on which TF.js splits its registry keys. */
  readonly backendName: string;
  /** Narrows the backend that TF.js hands in; a foreign object gives an error that names kernel and backend. */
  readonly isBackend: (backend: unknown) => backend is Backend;
  readonly compute: (call: {
    readonly inputs: KernelTable[Name]['inputs'];
    readonly attrs: KernelTable[Name]['attrs'];
    readonly backend: Backend;
  }) => KernelTable[Name]['outputs'];
}

type InputReader = (inputName: string) => TensorInfo;
type OptionalInputReader = (inputName: string) => TensorInfo | undefined;
type CallReaders = {
  readonly [Name in AddernetKernelName]: {
    readonly inputs: (input: InputReader, optional: OptionalInputReader) => KernelTable[Name]['inputs'];
    readonly attrs: (attributes: AttributeReader) => KernelTable[Name]['attrs'];
  };
};

const readXFilter = (input: InputReader) => ({x: input('x'), filter: input('filter')});
const readXFilterDy = (input: InputReader) => ({x: input('x'), filter: input('filter'), dy: input('dy')});
const readFusedInputs = (input: InputReader, optional: OptionalInputReader) => {
  const residual = optional('residual');
  const inputs = {...readXFilter(input), scale: input('scale'), offset: input('offset')};
  return residual === undefined ? inputs : {...inputs, residual};
};
const readFusedAttributes = (attributes: AttributeReader) => ({
  geometry: readGeometry(attributes),
  activation: readActivation(attributes),
});
const readGeometryAlone = (attributes: AttributeReader) => ({geometry: readGeometry(attributes)});
const readEpsilonAlone = (attributes: AttributeReader) => ({epsilon: readEpsilon(attributes)});

/** How TF.js's untyped call becomes each kernel's typed one. */
const CALL_READERS: CallReaders = {
  AdderConv2D: {inputs: readXFilter, attrs: readGeometryAlone},
  AdderConv2DBackpropInput: {
    inputs: readXFilterDy,
    attrs: (attributes) => ({geometry: readGeometry(attributes), inputGradient: readInputGradient(attributes)}),
  },
  AdderConv2DBackpropFilter: {
    inputs: readXFilterDy,
    attrs: (attributes) => ({geometry: readGeometry(attributes), filterGradient: readFilterGradient(attributes)}),
  },
  GroupedConv2D: {inputs: readXFilter, attrs: readGeometryAlone},
  GroupedConv2DBackpropInput: {
    inputs: (input) => ({filter: input('filter'), dy: input('dy')}),
    attrs: readGeometryAlone,
  },
  GroupedConv2DBackpropFilter: {inputs: (input) => ({x: input('x'), dy: input('dy')}), attrs: readGeometryAlone},
  FusedAdderConv2D: {inputs: readFusedInputs, attrs: readFusedAttributes},
  FusedGroupedConv2D: {inputs: readFusedInputs, attrs: readFusedAttributes},
  BatchNormTraining: {
    inputs: (input) => ({x: input('x'), scale: input('scale'), offset: input('offset')}),
    attrs: readEpsilonAlone,
  },
  BatchNormTrainingGrad: {
    inputs: (input) => ({
      dy: input('dy'),
      x: input('x'),
      mean: input('mean'),
      variance: input('variance'),
      scale: input('scale'),
    }),
    attrs: readEpsilonAlone,
  },
  BatchNormInference: {
    inputs: (input) => ({
      x: input('x'),
      mean: input('mean'),
      variance: input('variance'),
      scale: input('scale'),
      offset: input('offset'),
    }),
    attrs: readEpsilonAlone,
  },
};

/**
 * Turns a typed kernel into TF.js's untyped `KernelConfig`. Every call is checked at this boundary (backend, inputs present, attributes of
 * the right kind), so that `compute` needs no casts.
 *
 * @throws KernelRegistrationError for an unknown kernel name or a backend name that TF.js cannot hold.
 */
export function defineKernel<Name extends AddernetKernelName, Backend>(
  definition: KernelDefinition<Name, Backend>,
): KernelConfig {
  const {kernelName, backendName, isBackend, compute} = definition;
  if (!KERNEL_NAMES.includes(kernelName)) {
    throw new KernelRegistrationError(
      `defineKernel: there is no kernel '${String(kernelName)}'; expected one of ${KERNEL_NAMES.join(', ')}`,
    );
  }
  if (backendName === '' || backendName.includes('_')) {
    throw new KernelRegistrationError(
      `defineKernel: ${kernelName} has backendName '${backendName}'; expected a name without '_', on which TF.js splits`,
    );
  }
  const readers = CALL_READERS[kernelName];
  return {
    kernelName,
    backendName,
    kernelFunc({inputs, attrs, backend}: {inputs: NamedTensorInfoMap; attrs?: NamedAttrMap; backend: object}) {
      if (!isBackend(backend)) {
        throw new KernelCallError(
          `${kernelName}: the kernel for backend '${backendName}' was handed another kind of backend ` +
            `(${backend.constructor.name}); is a second copy of its package loaded?`,
        );
      }
      return compute({
        inputs: readers.inputs(
          (name) => requireInput(kernelName, inputs, name),
          (name) => inputs[name],
        ),
        attrs: readers.attrs({kernelName, attrs: attrs ?? {}}),
        backend,
      });
    },
  };
}

/** An input of a kernel call, or an error that names it. */
function requireInput(kernelName: string, inputs: NamedTensorInfoMap, name: string): TensorInfo {
  const input = inputs[name];
  if (input !== undefined) return input;
  throw new KernelCallError(
    `${kernelName}: input '${name}' is missing; given ${Object.keys(inputs).join(', ') || 'none'}`,
  );
}
