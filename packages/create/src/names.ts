// SPDX-License-Identifier: Apache-2.0
import {NameError} from './errors.js';

/** One name in the forms that files, identifiers and classes have. */
export interface Names {
  /** 'soft-shift'. */
  readonly kebab: string;
  /** 'softShift'. */
  readonly camel: string;
  /** 'SoftShift'. */
  readonly pascal: string;
}

const KEBAB = /^[a-z][a-z0-9]*(-[a-z0-9]+)*$/;
const SCOPED = /^@[a-z0-9][a-z0-9._-]*\/(?<base>[^/]+)$/;
/** Longer ones fit neither npm (214 with scope) nor all file systems with what is added to them. */
const LONGEST = 80;
const FORM = "lower-case letters, digits and single '-', beginning with a letter, e.g. soft-shift";

const capitalize = (word: string): string => word.charAt(0).toUpperCase() + word.slice(1);

/**
 * @param what is named, for the message
 * @throws NameError saying what is valid
 */
export function namesOf(name: string, what: string): Names {
  if (!KEBAB.test(name) || name.length > LONGEST) {
    throw new NameError(`${what} name ${JSON.stringify(name)}: expected up to ${LONGEST} ${FORM}`);
  }
  const pascal = name.split('-').map(capitalize).join('');
  return {kebab: name, camel: pascal.charAt(0).toLowerCase() + pascal.slice(1), pascal};
}

/** A package's name, which may have a scope, and the forms of what comes after it. @throws NameError saying what is valid */
export function packageNames(name: string): Names & {readonly packageName: string} {
  const base = SCOPED.exec(name)?.groups?.['base'] ?? name;
  if (!KEBAB.test(base) || base.length > LONGEST) {
    throw new NameError(
      `package name ${JSON.stringify(name)}: expected up to ${LONGEST} ${FORM}, or @scope/soft-shift`,
    );
  }
  return {...namesOf(base, 'package'), packageName: name};
}
