// SPDX-License-Identifier: Apache-2.0

/** Counts of values in bins of equal width from `minimum` to `maximum`; the last bin includes its upper edge. */
export interface WeightHistogram {
  readonly minimum: number;
  readonly maximum: number;
  /** Empty where there were no finite values; one bin where all were equal. */
  readonly counts: readonly number[];
}

/** What a layer's weights are like. Where there are no finite ones, all figures are 0. */
export interface WeightSummary {
  /** Finite weights. */
  readonly count: number;
  /** Weights that are NaN or infinite, which nothing else here takes in. */
  readonly nonFinite: number;
  readonly mean: number;
  /** Over `count`, not `count − 1`. */
  readonly standardDeviation: number;
  readonly minimum: number;
  readonly maximum: number;
  /** The Gaussian of the highest likelihood; absent where all weights are equal. */
  readonly gaussian?: {
    readonly mean: number;
    readonly standardDeviation: number;
    /** Mean over the weights, in nats. */
    readonly logLikelihood: number;
  };
  /** The Laplace distribution of the highest likelihood; absent where all weights are equal. */
  readonly laplace?: {
    readonly median: number;
    /** b of exp(−|w − median| / b) / 2b: the mean absolute deviation from the median. */
    readonly scale: number;
    /** Mean over the weights, in nats. */
    readonly logLikelihood: number;
  };
}

/** A layer with a filter tensor (or matrix): a convolution-like or a fully connected one. */
export interface FilterLayer {
  readonly layer: string;
  /** Name of the operator that made the layer; absent where no bound operator has its class. */
  readonly operator?: string;
  /** Of the filter tensor: [filterHeight, filterWidth, inChannels, outChannels], or [in, out]. */
  readonly shape: readonly number[];
}

/** When something was recorded. */
export interface LayerRecordTime {
  /** Epochs finished; 0: before training. For gradients: the epoch under way, 1 = the first. */
  readonly epoch: number;
  /** Steps done in the whole run; for gradients this one included. */
  readonly step: number;
}

/** The weights of every layer with a filter tensor, from the input on. */
export interface WeightsRecord extends LayerRecordTime {
  readonly kind: 'weights';
  readonly layers: readonly (FilterLayer & {readonly summary: WeightSummary; readonly histogram: WeightHistogram})[];
}

/** The filters of the first convolution-like layer. */
export interface FiltersRecord extends LayerRecordTime {
  readonly kind: 'filters';
  readonly filters: FilterLayer & {
    /** In the order of the shape, to six significant digits; null where a weight is not finite. */
    readonly values: readonly (number | null)[];
  };
}

/**
 * The gradients of one step's mean loss over its batch, by layer: why AdderNet has a local learning rate (arXiv 1912.13200, section 3.3, table of
 * ‖∇F‖₂).
 */
export interface GradientsRecord extends LayerRecordTime {
  readonly kind: 'gradients';
  readonly layers: readonly (FilterLayer & {
    /** ‖∇‖₂ of the filter tensor's gradient. */
    readonly norm: number;
    /** The same behind the local learning rate (and the increased one), before weight decay and momentum. */
    readonly adaptedNorm: number;
  })[];
}

/** A line of a run's layers.jsonl. */
export type LayerRecord = WeightsRecord | FiltersRecord | GradientsRecord;
