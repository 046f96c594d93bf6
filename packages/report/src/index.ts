// SPDX-License-Identifier: Apache-2.0
export {
  imageEnergy,
  MEMORY_ENERGY_SOURCE,
  MEMORY_LEVELS,
  totalEnergy,
  type ImageEnergy,
  type MemoryLevel,
} from './accounting/energy.js';
export {compareWithLiterature, type LiteratureComparison} from './accounting/literature.js';
export {
  accountModel,
  bytesOf,
  intensityOf,
  operationsOf,
  type Deployment,
  type Form,
  type LayerAccount,
  type ModelAccount,
  type Precision,
  type Traffic,
} from './accounting/model-account.js';
export {attainable, ridgePoint, rooflineSeconds, type Roofs} from './accounting/roofline.js';
export {featuresReporter, renderFeatures} from './features-reporter.js';
export {accuracyDigits, formatPercentValue, formatQuantity, formatSpeed, formatStatistic} from './format.js';
export {htmlReporter, renderHtmlReport, renderInferenceReport} from './html-reporter.js';
export {markdownReporter, renderInferenceMarkdown, renderMarkdownTable} from './markdown-reporter.js';
export {resultsOf, type DataGroup, type OperatorResult, type Results, type Setting} from './results.js';
export type {Statistic} from './statistics.js';
