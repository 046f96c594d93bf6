// SPDX-License-Identifier: Apache-2.0
import type {BenchStart} from '../pages/bench-layers.ts';

/** A backend in a page of a kind. */
export interface BenchSetting {
  readonly title: string;
  readonly start: BenchStart;
  /** Of kernels-wasm, as many as the command says. */
  readonly hasThreads?: boolean;
  /** Whether the page is cross-origin isolated. */
  readonly isolated: boolean;
}

export const SETTINGS = {
  cpu: {title: 'cpu', start: {backend: 'cpu'}, isolated: false},
  wasm: {title: 'wasm, 1 thread', start: {backend: 'wasm'}, isolated: false},
  'wasm-threads': {
    title: 'wasm, threads',
    start: {backend: 'wasm'},
    hasThreads: true,
    isolated: true,
  },
  webgl: {title: 'webgl', start: {backend: 'webgl'}, isolated: false},
  webgpu: {title: 'webgpu', start: {backend: 'webgpu'}, isolated: false},
} as const satisfies Record<string, BenchSetting>;

export type SettingName = keyof typeof SETTINGS;

export const SETTING_NAMES: readonly SettingName[] = ['cpu', 'wasm', 'wasm-threads', 'webgl', 'webgpu'];
