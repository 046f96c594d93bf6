// SPDX-License-Identifier: Apache-2.0
import {bitEqualityRule} from './bit-equality.js';
import {determinismRule} from './determinism.js';
import {errorBoundRule} from './error-bound.js';
import {finiteDifferencesRule} from './finite-differences.js';
import {inputsIntactRule} from './inputs-intact.js';
import {leaksRule} from './leaks.js';
import {nonFiniteRule} from './non-finite.js';
import type {CaseRule} from './rule.js';
import {shapeAndDtypeRule} from './shape-and-dtype.js';
import {singleGradientRule} from './single-gradient.js';

/** The rules that are checked case by case, in the order of a run. */
export const caseRules: readonly CaseRule[] = [
  shapeAndDtypeRule,
  errorBoundRule,
  bitEqualityRule,
  nonFiniteRule,
  finiteDifferencesRule,
  singleGradientRule,
  inputsIntactRule,
  determinismRule,
  leaksRule,
];
