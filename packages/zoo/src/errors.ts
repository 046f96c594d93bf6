// SPDX-License-Identifier: Apache-2.0

/** An architecture was asked for by a name that the zoo does not have. */
export class UnknownArchitectureError extends Error {
  override readonly name = 'UnknownArchitectureError';

  constructor(
    readonly given: string,
    readonly valid: readonly string[],
  ) {
    super(`unknown architecture ${given}; the zoo has: ${valid.join(', ')}`);
  }
}

/** An operator was asked for by a name that the zoo cannot resolve. Operators from elsewhere are passed as objects. */
export class UnknownOperatorError extends Error {
  override readonly name = 'UnknownOperatorError';

  constructor(
    readonly given: string,
    readonly valid: readonly string[],
  ) {
    super(
      `unknown operator ${given}; built-in operators: ${valid.join(', ')}; any other is passed as an Operator object ` +
        `(see @addernet/plugin)`,
    );
  }
}

/** numClasses, inputShape, seed or a size parameter of an architecture is outside what the architecture can be built with. */
export class InvalidBuildOptionError extends Error {
  override readonly name = 'InvalidBuildOptionError';

  constructor(
    readonly architecture: string,
    readonly option: string,
    readonly given: unknown,
    readonly expected: string,
  ) {
    super(`${architecture}: ${option} is ${describeValue(given)}; expected ${expected}`);
  }
}

/** An operator made a layer that is not what the architecture asked it for. */
export class OperatorContractError extends Error {
  override readonly name = 'OperatorContractError';

  constructor(
    readonly operator: string,
    readonly layer: string,
    detail: string,
  ) {
    super(`operator '${operator}', asked for layer '${layer}': ${detail}`);
  }
}

/** As it would stand in source code; never throws. */
export function describeValue(value: unknown): string {
  if (typeof value === 'string') {
    return `'${value}'`;
  }
  if (Array.isArray(value)) {
    return `[${value.map(describeValue).join(', ')}]`;
  }
  if (typeof value === 'object' && value !== null) {
    return `an object with the fields {${Object.keys(value).join(', ')}}`;
  }
  return typeof value === 'function' ? `function ${value.name}` : String(value);
}
