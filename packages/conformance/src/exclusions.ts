// SPDX-License-Identifier: Apache-2.0
import {ConformanceSetupError} from './errors.js';
import {globMatcher} from './generate-cases.js';
import type {OpName} from './op-record.js';
import type {RuleName} from './rules/rule.js';

/**
 * Checks that a backend is known to fail, and why. An excluded check is run all the same: when it passes, the exclusion itself is a failure,
 * and so is an exclusion that matches nothing.
 */
export interface Exclusion {
  readonly op: OpName;
  readonly rule: RuleName;
  /** Case ids, in which `*` stands for any characters: `GroupedConv2D/dilation-*`. */
  readonly cases: string | readonly string[];
  /** Quantities, with the same `*`: `gradient of *`. Default: all. */
  readonly quantities?: string | readonly string[];
  /** Why the backend cannot pass, for people: what is missing, and where it is tracked. */
  readonly reason: string;
}

/** An exclusion, and whether it matched yet. */
export class ExclusionMatcher {
  readonly exclusion: Exclusion;
  matched = false;
  readonly #cases: readonly ((text: string) => boolean)[];
  readonly #quantities: readonly ((text: string) => boolean)[];

  constructor(exclusion: Exclusion) {
    if (exclusion.reason.trim() === '') {
      throw new ConformanceSetupError(
        `exclusion of ${exclusion.op}, rule ${exclusion.rule}, cases ${[exclusion.cases].flat().join(', ')}: reason is empty; ` +
          'say why the backend cannot pass',
      );
    }
    this.exclusion = exclusion;
    this.#cases = [exclusion.cases].flat().map(globMatcher);
    this.#quantities = [exclusion.quantities ?? '*'].flat().map(globMatcher);
  }

  matches(caseId: string, quantity: string): boolean {
    const matches =
      this.#cases.some((matchesCase) => matchesCase(caseId)) &&
      this.#quantities.some((matchesQuantity) => matchesQuantity(quantity));
    this.matched ||= matches;
    return matches;
  }
}

/** An exclusion as messages name it. */
export function describeExclusion({op, rule, cases, quantities, reason}: Exclusion): string {
  const what = quantities === undefined ? '' : `, ${[quantities].flat().join(', ')}`;
  return `exclusion of ${op}, rule ${rule}, cases ${[cases].flat().join(', ')}${what} ("${reason}")`;
}
