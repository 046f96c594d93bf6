// SPDX-License-Identifier: Apache-2.0
import {AddernetError, describeValue} from '@addernet/core';

/** An architecture was asked for by a name that the zoo does not have. */
export class UnknownArchitectureError extends AddernetError {
  constructor(
    readonly given: string,
    readonly valid: readonly string[],
  ) {
    super('ADDERNET_UNKNOWN_ARCHITECTURE', `unknown architecture ${given}; the zoo has: ${valid.join(', ')}`);
  }
}

/** An operator was asked for by a name that the zoo cannot resolve. Operators from elsewhere are passed as objects. */
export class UnknownOperatorError extends AddernetError {
  constructor(
    readonly given: string,
    readonly valid: readonly string[],
  ) {
    super(
      'ADDERNET_UNKNOWN_OPERATOR',
      `unknown operator ${given}; built-in operators: ${valid.join(', ')}; any other is passed as an Operator object ` +
        `(see @addernet/plugin)`,
    );
  }
}

/** numClasses, inputShape, seed or a size parameter of an architecture is outside what the architecture can be built with. */
export class InvalidBuildOptionError extends AddernetError {
  constructor(
    readonly architecture: string,
    readonly option: string,
    readonly given: unknown,
    readonly expected: string,
  ) {
    super('ADDERNET_BUILD_OPTION', `${architecture}: ${option} is ${describeValue(given)}; expected ${expected}`);
  }
}

/** An operator made a layer that is not what the architecture asked it for. */
export class OperatorContractError extends AddernetError {
  constructor(
    readonly operator: string,
    readonly layer: string,
    detail: string,
  ) {
    super('ADDERNET_OPERATOR_CONTRACT', `operator '${operator}', asked for layer '${layer}': ${detail}`);
  }
}
