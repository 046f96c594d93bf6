// SPDX-License-Identifier: Apache-2.0
import {ConformanceSetupError} from './errors.js';
import type {OpName, OpRecord} from './op-record.js';
import {opRecords} from './records/index.js';
import {caseRules} from './rules/index.js';
import type {CaseRule, CaseRuleName, RuleName} from './rules/rule.js';

/** Names of all rules, the registry's first. */
const RULE_NAMES: readonly RuleName[] = ['kernels-in-use', ...caseRules.map(({name}) => name)];

/** The records of the named ops; all when `ops` is undefined. */
export function selectRecords(ops: readonly OpName[] | undefined): readonly OpRecord[] {
  if (ops === undefined) return opRecords;
  const records = ops.map((op) => {
    const record = opRecords.find(({name}) => name === op);
    if (record !== undefined) return record;
    const known = opRecords.map(({name}) => name).join(', ');
    throw new ConformanceSetupError(`conformance: there is no op '${String(op)}'; expected one of ${known}`);
  });
  if (records.length === 0) throw new ConformanceSetupError('conformance: ops is empty; leave it out to run all');
  return records;
}

/** The case rules of the given names; all when `rules` is undefined. */
export function selectRules(rules: readonly RuleName[] | undefined): readonly CaseRule[] {
  if (rules === undefined) return caseRules;
  const unknown = rules.find((rule) => !RULE_NAMES.includes(rule));
  if (unknown !== undefined) {
    throw new ConformanceSetupError(
      `conformance: there is no rule '${String(unknown)}'; expected one of ${RULE_NAMES.join(', ')}`,
    );
  }
  const wanted: ReadonlySet<RuleName> = new Set(rules);
  const has = (name: CaseRuleName) => wanted.has(name);
  return caseRules.filter(({name}) => has(name));
}
