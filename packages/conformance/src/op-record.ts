// SPDX-License-Identifier: Apache-2.0
import type {AddernetKernelName, CounterRandom} from '@addernet/core';
import type {Tensor} from '@tensorflow/tfjs-core';

/** The ops the kit knows, each named after its forward kernel. */
export type OpName =
  | 'AdderConv2D'
  | 'GroupedConv2D'
  | 'FusedAdderConv2D'
  | 'FusedGroupedConv2D'
  | 'BatchNormTraining'
  | 'BatchNormInference';

/** Name and shape of one input or output of a case. All tensors are float32. */
export interface TensorSpec {
  readonly name: string;
  readonly shape: readonly number[];
}

/**
 * Where the values of a case come from.
 * - `random`: float32 numbers, standard normal unless the record says otherwise.
 * - `dyadic`: multiples of 1/8 in [−2, 2], for which every partial sum is exact in float32, in any order.
 * - `separated`: x at odd and filter at non-zero even multiples of 1/16, so that no |x − f| is below 1/16: away from the adder's kinks.
 */
export type InputDomain = 'random' | 'dyadic' | 'separated';

/** A surrogate gradient is compared with its formula only; an exact one is also compared with finite differences. */
export type GradientKind = 'surrogate' | 'exact';

/** What a check looks at: `output y`, `gradient of filter`. */
export type Quantity = `output ${string}` | `gradient of ${string}`;

export interface NonFiniteEntry {
  /** An input's name, or `dy`. */
  readonly input: string;
  /** Flat index into that input. */
  readonly index: number;
  readonly value: number;
}

/** Random inputs into which NaN or an infinity is put. */
export interface NonFinitePlacement {
  /** `NaN in x`; part of the quantity's name in failures and exclusions. */
  readonly label: string;
  readonly entries: readonly NonFiniteEntry[];
  /** How outputs and how gradients are held to the reference. */
  readonly outputs: NonFiniteComparison;
  readonly gradients: NonFiniteComparison;
}

/**
 * `kind`: NaN, +∞ and −∞ stand exactly where the reference has them. `presence`: something non-finite stands exactly where the reference has
 * something non-finite; which, depends on the order of the sum or on the identity behind it (∞·a − ∞·b). `defined`: as `presence`, but anything
 * may stand where the reference has NaN: the sign of ∞ − ∞ is not defined.
 */
export type NonFiniteComparison = 'kind' | 'presence' | 'defined';

/**
 * One case of an op: shapes and attributes, bound to the public op, its float64 reference and its error bounds.
 *
 * Values are flat, in the tensors' row-major order. `dy` is the gradient that arrives at the first output.
 */
export interface ConformanceCase {
  /** Unique, stable: `AdderConv2D/stride-2x1/hard-tanh/sign`. */
  readonly id: string;
  readonly op: OpName;
  /** A representative of its kind, on which the costlier rules (one gradient alone, finite differences) run as well. */
  readonly sample: boolean;
  /** Plain data, as failures print it. */
  readonly attributes: Readonly<Record<string, unknown>>;
  readonly inputs: readonly TensorSpec[];
  readonly outputs: readonly TensorSpec[];
  /** One per input; none for an op that is for inference alone. */
  readonly gradientKinds: readonly GradientKind[];
  /** Quantities that must equal the reference bit for bit on dyadic inputs. */
  readonly bitExact: readonly Quantity[];
  /** Calls the public op. */
  call(inputs: readonly Tensor[]): readonly Tensor[];
  /** Values of the inputs, then of dy. */
  values(domain: InputDomain, seed: number): CaseValues;
  reference(inputs: readonly ArrayLike<number>[]): readonly Float64Array[];
  referenceGradients(inputs: readonly ArrayLike<number>[], dy: ArrayLike<number>): readonly Float64Array[];
  /** Greatest error allowed for each element of each output. */
  bounds(inputs: readonly ArrayLike<number>[]): readonly Float64Array[];
  /** Greatest error allowed for each element of the gradient of each input. */
  gradientBounds(inputs: readonly ArrayLike<number>[], dy: ArrayLike<number>): readonly Float64Array[];
  /** Empty where the rule on NaN and ±∞, the costliest, does not run. */
  nonFinitePlacements(seed: number): readonly NonFinitePlacement[];
}

/** The inputs that there are gradients of. */
export function differentiableInputs({inputs, gradientKinds}: ConformanceCase): readonly TensorSpec[] {
  return inputs.slice(0, gradientKinds.length);
}

/** Values of a case's tensors, flat and row-major. */
export interface CaseValues {
  readonly inputs: readonly Float32Array[];
  readonly dy: Float32Array;
}

/** A labelled point of an op's attribute grid. */
export interface LabelledAttributes<Attributes> {
  readonly label: string;
  readonly sample: boolean;
  readonly attributes: Attributes;
}

/** The part of a record that is data alone, from which kit, benchmarks and documentation are made. */
export interface OpRecordFacts {
  readonly name: OpName;
  /** The public function of @addernet/core. */
  readonly functionName: string;
  /** Kernels of the contract that the op and its gradients run, the forward one first. */
  readonly kernels: readonly AddernetKernelName[];
  /** Symbolic shapes, and the values the kit draws. */
  readonly inputs: readonly {readonly name: string; readonly shape: string; readonly domain: string}[];
  readonly outputs: readonly {readonly name: string; readonly shape: string}[];
  /** How the output's shape follows from the inputs'. */
  readonly shapeRule: string;
  /** Attribute → values that the cases go through. */
  readonly attributeGrid: Readonly<Record<string, readonly unknown[]>>;
  /** Quantity → the greatest error allowed, in words. */
  readonly tolerance: Readonly<Record<Quantity, string>>;
  /** Input → when its gradient is a surrogate and when exact. Empty for an op that is for inference alone: no gradient is asked for. */
  readonly gradients: Readonly<Record<string, string>>;
}

/** A record as its author writes it: facts, and functions of the attributes. */
export interface OpRecordDefinition<Attributes> extends OpRecordFacts {
  readonly edgeAttributes: readonly LabelledAttributes<Attributes>[];
  readonly randomAttributes: (random: CounterRandom) => Attributes;
  /** Attributes as failures print them. */
  readonly describe: (attributes: Attributes) => Readonly<Record<string, unknown>>;
  readonly shapes: (attributes: Attributes) => {
    readonly inputs: readonly TensorSpec[];
    readonly outputs: readonly TensorSpec[];
  };
  readonly gradientKinds: (attributes: Attributes) => readonly GradientKind[];
  readonly bitExact: readonly Quantity[];
  readonly call: (attributes: Attributes, inputs: readonly Tensor[]) => readonly Tensor[];
  readonly values: (
    attributes: Attributes,
    domain: InputDomain,
    randomOf: (stream: string) => CounterRandom,
  ) => CaseValues;
  readonly reference: (attributes: Attributes, inputs: readonly ArrayLike<number>[]) => readonly Float64Array[];
  readonly referenceGradients: (
    attributes: Attributes,
    inputs: readonly ArrayLike<number>[],
    dy: ArrayLike<number>,
  ) => readonly Float64Array[];
  readonly bounds: (attributes: Attributes, inputs: readonly ArrayLike<number>[]) => readonly Float64Array[];
  readonly gradientBounds: (
    attributes: Attributes,
    inputs: readonly ArrayLike<number>[],
    dy: ArrayLike<number>,
  ) => readonly Float64Array[];
  readonly nonFinitePlacements: (attributes: Attributes, random: CounterRandom) => readonly NonFinitePlacement[];
}

/** A record with its attributes' type closed over, so that records of different ops stand in one list. */
export interface OpRecord extends OpRecordFacts {
  /** The hand-picked cases around tile edges. */
  edgeCases(): readonly ConformanceCase[];
  /** One further case, drawn from `random`. */
  randomCase(label: string, random: CounterRandom): ConformanceCase;
}
