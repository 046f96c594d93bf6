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
