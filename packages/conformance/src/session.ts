// SPDX-License-Identifier: Apache-2.0
import {describeExclusion, ExclusionMatcher, type Exclusion} from './exclusions.js';
import {caseOfFailure, replayCall, type ConformanceFailure} from './failure.js';
import {DEFAULT_RANDOM_CASES, DEFAULT_SEED, generateCases, type CaseFilter} from './generate-cases.js';
import {observe, type Observation} from './observe.js';
import type {CaseValues, ConformanceCase, InputDomain, OpRecord} from './op-record.js';
import {checkKernelsInUse, type KernelExpectation} from './rules/kernels-in-use.js';
import type {CaseRule, CaseRuns, CheckOutcome, RuleName} from './rules/rule.js';

export interface SessionOptions {
  /** Name of a registered backend. */
  readonly backend: string;
  readonly exclusions?: readonly Exclusion[];
  /** Everything random derives from it. Default 1. */
  readonly seed?: number;
  /** Cases of random shape per op. Default 12. */
  readonly randomCases?: number;
  /** Runs only the cases it keeps: a glob over case ids, or a predicate. */
  readonly filter?: CaseFilter;
  /** Told before each case under each rule, so that a run that hangs or is slow can say where. */
  readonly onCase?: (caseId: string, rule: RuleName) => void;
}

/** A check that failed as its exclusion says. */
export interface ExcludedCheck {
  readonly failure: ConformanceFailure;
  readonly reason: string;
}

/** What one rule found on one op. */
export interface RuleReport {
  /** Number of checks that passed. */
  readonly passed: number;
  readonly cases: number;
  readonly failures: readonly ConformanceFailure[];
  readonly excluded: readonly ExcludedCheck[];
}

/** One run of the kit on one backend: draws values, keeps observations for the rules that share them, applies exclusions. */
export class ConformanceSession implements CaseRuns {
  readonly seed: number;
  readonly #options: SessionOptions;
  readonly #exclusions: readonly ExclusionMatcher[];
  readonly #cases = new Map<OpRecord, readonly ConformanceCase[]>();
  readonly #values = new Map<string, CaseValues>();
  readonly #observations = new Map<string, Promise<Observation>>();

  /** @throws ConformanceSetupError for an exclusion without a reason. */
  constructor(options: SessionOptions) {
    this.seed = options.seed ?? DEFAULT_SEED;
    this.#options = options;
    this.#exclusions = (options.exclusions ?? []).map((exclusion) => new ExclusionMatcher(exclusion));
  }

  cases(record: OpRecord): readonly ConformanceCase[] {
    const {randomCases = DEFAULT_RANDOM_CASES, filter} = this.#options;
    return remember(this.#cases, record, () =>
      generateCases(record, {seed: this.seed, randomCases, ...(filter === undefined ? {} : {filter})}),
    );
  }

  values(testCase: ConformanceCase, domain: InputDomain): CaseValues {
    return remember(this.#values, `${testCase.id} ${domain}`, () => testCase.values(domain, this.seed));
  }

  async observe(testCase: ConformanceCase, domain: InputDomain, repetition: 0 | 1 = 0): Promise<Observation> {
    if (repetition === 1) await this.observe(testCase, domain, 0);
    return remember(this.#observations, `${testCase.id} ${domain} ${repetition}`, () =>
      observe(testCase, this.values(testCase, domain), repetition),
    );
  }

  /** One rule on every case of one op. The backend must be TF.js's current one. */
  async checkRule(record: OpRecord, rule: CaseRule): Promise<RuleReport> {
    const cases = this.cases(record).filter((testCase) => rule.applies(testCase));
    const report = new ReportBuilder(
      this.#options.backend,
      record,
      rule.name,
      this.seed,
      this.#exclusionsOf(record, rule.name),
    );
    for (const testCase of cases) {
      this.#options.onCase?.(testCase.id, rule.name);
      report.add(await outcomesOf(rule, testCase, this), testCase);
    }
    return report.finish(cases.length, this.#options.filter === undefined);
  }

  /** Whether the op runs on kernels of the expected kind. */
  checkKernels(record: OpRecord, expectation: KernelExpectation): RuleReport {
    const {backend} = this.#options;
    const report = new ReportBuilder(
      backend,
      record,
      'kernels-in-use',
      this.seed,
      this.#exclusionsOf(record, 'kernels-in-use'),
    );
    report.add(checkKernelsInUse(record, backend, expectation));
    return report.finish(1, true);
  }

  #exclusionsOf(record: OpRecord, rule: RuleName): readonly ExclusionMatcher[] {
    return this.#exclusions.filter(({exclusion}) => exclusion.op === record.name && exclusion.rule === rule);
  }
}

/** A kernel that throws fails the rule rather than ending the run. */
async function outcomesOf(rule: CaseRule, testCase: ConformanceCase, runs: CaseRuns): Promise<readonly CheckOutcome[]> {
  try {
    return await rule.check(testCase, runs);
  } catch (error) {
    const message = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
    return [{quantity: 'run', problem: {message: `threw ${message}`}}];
  }
}

/** Sorts outcomes into passed, failed and excluded. */
class ReportBuilder {
  #passed = 0;
  readonly #failures: ConformanceFailure[] = [];
  readonly #excluded: ExcludedCheck[] = [];

  constructor(
    private readonly backend: string,
    private readonly record: OpRecord,
    private readonly rule: RuleName,
    private readonly seed: number,
    private readonly exclusions: readonly ExclusionMatcher[],
  ) {}

  add(outcomes: readonly CheckOutcome[], testCase?: ConformanceCase): void {
    for (const {quantity, problem} of outcomes) {
      const exclusion = this.exclusions.find((matcher) =>
        matcher.matches(testCase?.id ?? this.record.name, quantity),
      )?.exclusion;
      if (problem === undefined) {
        this.#passed++;
        if (exclusion !== undefined) {
          const message = `passes now; narrow or remove the ${describeExclusion(exclusion)}`;
          this.#failures.push(this.#failure(quantity, message, testCase));
        }
        continue;
      }
      const failure = {
        ...this.#failure(quantity, problem.message, testCase),
        ...(problem.worst === undefined ? {} : {worst: problem.worst}),
      };
      if (exclusion === undefined) this.#failures.push(failure);
      else this.#excluded.push({failure, reason: exclusion.reason});
    }
  }

  /** @param complete whether every case of the op ran, so that an exclusion without a match is a mistake. */
  finish(cases: number, complete: boolean): RuleReport {
    for (const {exclusion, matched} of complete ? this.exclusions : []) {
      if (!matched)
        this.#failures.push(this.#failure('exclusions', `nothing matches the ${describeExclusion(exclusion)}`));
    }
    return {passed: this.#passed, cases, failures: this.#failures, excluded: this.#excluded};
  }

  #failure(quantity: string, message: string, testCase?: ConformanceCase): ConformanceFailure {
    return {
      backend: this.backend,
      op: this.record.name,
      rule: this.rule,
      ...(testCase === undefined ? {} : {case: caseOfFailure(testCase)}),
      quantity,
      message,
      seed: this.seed,
      replay: replayCall(this.backend, this.record.name, this.rule, this.seed, testCase?.id),
    };
  }
}

function remember<Key, Value>(map: Map<Key, Value>, key: Key, make: () => Value): Value {
  const known = map.get(key);
  if (known !== undefined) return known;
  const made = make();
  map.set(key, made);
  return made;
}
