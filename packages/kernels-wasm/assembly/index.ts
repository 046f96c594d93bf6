// SPDX-License-Identifier: Apache-2.0
/**
 * The module's exports. It is instantiated on the memory of TF.js's module and owns none of it: no static data (so no array literals, strings
 * or objects), no allocation, no growth. Everything it reads and writes comes in as an address.
 *
 * No decorators (`@inline`) on functions here: they are not TypeScript, so neither eslint nor prettier can read them. `-O3` inlines small functions by
 * itself.
 */
export {adderConv2d} from './adder-conv2d';
export {
  adderConv2dBackpropInput,
  adderConv2dBackpropInputSign,
  subtractScaledInput,
} from './adder-conv2d-backprop-input';
export {adderConv2dBackpropFilterDirect, adderConv2dBackpropFilterSign} from './adder-conv2d-backprop-filter';
export {avgPoolGrad} from './avg-pool-grad';
export {batchNormGradientSums, batchNormInputGradient} from './batch-norm-training-grad';
export {columnMoments, normalizeColumns} from './batch-norm-training';
export {sumColumns} from './columns';
export {repeatElements} from './depthwise';
export {depthwiseFilterGradient} from './depthwise-filter-gradient';
export {depthwiseAdder, depthwiseAdderInputGradient, depthwiseProducts} from './depthwise-windows';
export {applyEpilogue} from './epilogue';
export {allFinite, unpackPanels, unpackPanelsLessFilter} from './filter-gradients';
export {groupedConv2dBackpropFilter} from './grouped-conv2d-backprop-filter';
export {repairForward} from './forward-direct';
export {repairInputGradient} from './input-gradient-direct';
export {maxPoolGrad} from './max-pool-grad';
export {packPanels} from './panels';
export {padImages} from './pad-images';
export {clear, joinPartialSums} from './partial-sums';
export {rangeGrad} from './range-grad';
export {addRowsToSegments} from './segment-sums';
export {sumProducts} from './sum-products';
export {markPanelColumns, sumPanelColumns, sumStretches, sumWindows} from './sums';
