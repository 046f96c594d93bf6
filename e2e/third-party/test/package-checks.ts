// SPDX-License-Identifier: Apache-2.0
import {checkPackage, createPackageFromTarballData} from '@arethetypeswrong/core';
import {readFileSync} from 'node:fs';
import {publint} from 'publint';
import {formatMessage} from 'publint/utils';

/** What publint finds in a tarball. */
export async function publintMessages(tarball: string): Promise<readonly (string | undefined)[]> {
  const {messages, pkg} = await publint({
    pack: {tarball: Uint8Array.from(readFileSync(tarball)).buffer},
    strict: true,
  });
  return messages.map((message) => formatMessage(message, pkg, {color: false}));
}

/** What attw finds wrong with the types of a tarball, of ES modules alone: neither require() nor resolution as before exports is promised. */
export async function typeProblems(tarball: string): Promise<readonly unknown[]> {
  const result = await checkPackage(createPackageFromTarballData(Uint8Array.from(readFileSync(tarball))));
  if (result.types === false) return ['there are no types'];
  return result.problems.filter(
    ({kind, ...where}) =>
      kind !== 'CJSResolvesToESM' &&
      !('resolutionKind' in where && ['node10', 'node16-cjs'].includes(where.resolutionKind)),
  );
}
