// SPDX-License-Identifier: Apache-2.0

/** Exit codes of `addernet`; those of signals follow the shells' 128 + signal number. */
export const EXIT = {
  ok: 0,
  /** A run failed, or something unforeseen. */
  failed: 1,
  /** The command line or a configuration is wrong; nothing was started. */
  usage: 2,
  interrupted: 130,
  terminated: 143,
} as const;
