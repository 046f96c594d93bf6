// SPDX-License-Identifier: Apache-2.0

/** Base of every error that Addernet throws on purpose. `code` is stable across versions; the message is for people. */
export class AddernetError extends Error {
  readonly code: string;

  constructor(code: string, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = new.target.name;
    this.code = code;
  }
}

/** Shapes that do not fit the op or each other. */
export class ShapeError extends AddernetError {
  constructor(message: string, options?: ErrorOptions) {
    super('ADDERNET_SHAPE', message, options);
  }
}

/** An argument or option outside its valid values. */
export class ArgumentError extends AddernetError {
  constructor(message: string, options?: ErrorOptions) {
    super('ADDERNET_ARGUMENT', message, options);
  }
}

/** A tensor of another dtype than float32. */
export class DtypeError extends AddernetError {
  constructor(message: string, options?: ErrorOptions) {
    super('ADDERNET_DTYPE', message, options);
  }
}

/** A kernel that cannot be defined or registered: bad backend name, or the place is taken. */
export class KernelRegistrationError extends AddernetError {
  constructor(message: string, options?: ErrorOptions) {
    super('ADDERNET_KERNEL_REGISTRATION', message, options);
  }
}

/** A kernel called with a foreign backend, a missing input or an attribute it does not know. */
export class KernelCallError extends AddernetError {
  constructor(message: string, options?: ErrorOptions) {
    super('ADDERNET_KERNEL_CALL', message, options);
  }
}

/** A gradient that is not defined, e.g. the gradient of a surrogate gradient. */
export class GradientError extends AddernetError {
  constructor(message: string, options?: ErrorOptions) {
    super('ADDERNET_GRADIENT', message, options);
  }
}

/** Characters of a value in an error message. */
const LONGEST = 120;

/** A value as it appears in an error message. */
export function describe(value: unknown): string {
  if (typeof value === 'string') return `'${value}'`;
  if (typeof value === 'number' || typeof value === 'bigint' || value === undefined) return String(value);
  const text = JSON.stringify(value) ?? String(value);
  return text.length > LONGEST ? `${text.slice(0, LONGEST)}…` : text;
}
