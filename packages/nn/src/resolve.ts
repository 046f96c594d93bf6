// SPDX-License-Identifier: Apache-2.0
import {ArgumentError} from '@addernet/core';
import {serialization} from '@tensorflow/tfjs-core';
import type {Constraint, Initializer, Regularizer} from './tfl-types.js';

/** By name, e.g. 'glorotUniform'; as an instance; or as serialized: {className, config}. */
export type InitializerOption = string | serialization.ConfigDict | Initializer;
/** By name, e.g. 'l1l2'; as an instance; or as serialized: {className, config}. */
export type RegularizerOption = string | serialization.ConfigDict | Regularizer;
/** By name, e.g. 'maxNorm'; as an instance; or as serialized: {className, config}. */
export type ConstraintOption = string | serialization.ConfigDict | Constraint;

/**
 * The ways in which TF.js's layers take these objects. Its own resolvers are not exported, but the registry that they read is TF.js core's
 * and thus the same for every copy of tfjs-layers.
 */
export function resolveInitializer(owner: string, option: InitializerOption): Initializer {
  return resolve(owner, 'initializer', option, isInitializer);
}

/** @throws ArgumentError where TF.js has no regularizer of that name. @returns undefined where there is to be none */
export function resolveRegularizer(
  owner: string,
  option: RegularizerOption | null | undefined,
): Regularizer | undefined {
  return resolveOptional(owner, 'regularizer', option === 'l1l2' ? 'L1L2' : option, isRegularizer);
}

/** @throws ArgumentError where TF.js has no constraint of that name. @returns undefined where there is to be none */
export function resolveConstraint(owner: string, option: ConstraintOption | null | undefined): Constraint | undefined {
  return resolveOptional(owner, 'constraint', option, isConstraint);
}

/** As TF.js writes initializers, regularizers and constraints into a layer's config. */
export function serializeOption(object: serialization.Serializable | undefined): serialization.ConfigDict | null {
  return object === undefined ? null : {className: object.getClassName(), config: object.getConfig()};
}

function resolveOptional<T extends object>(
  owner: string,
  kind: string,
  option: string | object | null | undefined,
  isKind: (object: object) => object is T,
): T | undefined {
  return option === null || option === undefined ? undefined : resolve(owner, kind, option, isKind);
}

function resolve<T extends object>(
  owner: string,
  kind: string,
  option: string | object,
  isKind: (object: object) => object is T,
): T {
  if (typeof option === 'object' && isKind(option)) {
    return option;
  }
  const {className, config} =
    typeof option === 'string' ? {className: classNameOf(option), config: {}} : dict(owner, kind, option);
  const entry = serialization.SerializationMap.getMap().classNameMap[className];
  if (entry === undefined) {
    throw new ArgumentError(
      `${owner}: unknown ${kind} ${JSON.stringify(typeof option === 'string' ? option : className)}; ` +
        `a class must be registered by tf.serialization.registerClass (those of @addernet/nn: import '@addernet/nn/register')`,
    );
  }
  const [constructor, fromConfig] = entry;
  const object = fromConfig(constructor, config);
  if (!isKind(object)) {
    throw new ArgumentError(`${owner}: ${className} is registered, but is no ${kind}`);
  }
  return object;
}

function dict(owner: string, kind: string, option: object): {className: string; config: serialization.ConfigDict} {
  if ('className' in option && typeof option.className === 'string' && 'config' in option && isDict(option.config)) {
    return {className: option.className, config: option.config};
  }
  throw new ArgumentError(
    `${owner}: ${kind} must be a name, an instance or {className, config}; got ${JSON.stringify(option)}`,
  );
}

function isDict(value: unknown): value is serialization.ConfigDict {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** 'glorotUniform' and 'glorot_uniform' name the class GlorotUniform. */
function classNameOf(name: string): string {
  const camel = name.replace(/_+(\w)/g, (_, letter: string) => letter.toUpperCase());
  return camel.charAt(0).toUpperCase() + camel.slice(1);
}

function hasApply(object: object): boolean {
  return 'apply' in object && typeof object.apply === 'function' && 'getConfig' in object;
}

// The three kinds share their one method's name and differ in its arguments only, so a class of the wrong kind cannot be told before use;
// what can be told is that it is none of them.
const isInitializer = (object: object): object is Initializer => hasApply(object);
const isRegularizer = (object: object): object is Regularizer => hasApply(object);
const isConstraint = (object: object): object is Constraint => hasApply(object);
