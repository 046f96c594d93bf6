// SPDX-License-Identifier: Apache-2.0
import binaryen from 'assemblyscript/binaryen';
import {describe, expect, it} from 'vitest';
import {EXPORT_NAMES, SCALAR_MODULE, SHARED_MODULE, UNSHARED_MODULE} from '../src/generated/kernels.js';

/** Ids of the sections of a WebAssembly binary (WebAssembly core specification, §5.5.2). */
const SECTION = {memory: 5, global: 6, start: 8, element: 9, data: 11, dataCount: 12};

describe.each([
  ['for unshared memory', UNSHARED_MODULE],
  ['for shared memory', SHARED_MODULE],
  ['without SIMD', SCALAR_MODULE],
])('the module %s', (_kind, base64) => {
  const binary = Buffer.from(base64, 'base64');
  const module = new WebAssembly.Module(binary);
  const sections = sectionsOf(binary);

  it('imports the memory and nothing else', () => {
    expect(WebAssembly.Module.imports(module)).toEqual([{module: 'env', name: 'memory', kind: 'memory'}]);
  });

  it('owns no memory and writes nothing into it when instantiated', () => {
    for (const id of [SECTION.memory, SECTION.start, SECTION.element, SECTION.data, SECTION.dataCount]) {
      expect([...sections.keys()]).not.toContain(id);
    }
  });

  it('exports functions only: no allocator', () => {
    const exports = WebAssembly.Module.exports(module);
    expect(new Set(exports.map((entry) => entry.kind))).toEqual(new Set(['function']));
    expect(exports.map(({name}) => name).sort()).toEqual([...EXPORT_NAMES]);
  });

  it('has no variables of its own, as an allocator would', () => {
    expect([...sections.keys()]).not.toContain(SECTION.global);
  });

  it('never grows the memory', () => {
    const text = binaryen.readBinary(binary).emitText();
    expect(text).toContain('f32.load');
    expect(text).not.toContain('memory.grow');
  });
});

describe('vector instructions', () => {
  it('are in the module with SIMD', () => {
    expect(binaryen.readBinary(Buffer.from(UNSHARED_MODULE, 'base64')).emitText()).toContain('f32x4.pmax');
  });

  it('are not in the module without, nor anything else that came after the first WebAssembly', () => {
    const module = binaryen.readBinary(Buffer.from(SCALAR_MODULE, 'base64'));
    module.setFeatures(binaryen.Features.MVP);
    expect(module.validate()).toBe(1);
  });
});

/** The binary's sections by id. */
function sectionsOf(bytes: Uint8Array): Map<number, Uint8Array> {
  const sections = new Map<number, Uint8Array>();
  for (let at = 8; at < bytes.length;) {
    const id = bytes[at++] ?? 0;
    let size = 0;
    for (let shift = 0, more = true; more; shift += 7) {
      const byte = bytes[at++] ?? 0;
      size |= (byte & 0x7f) << shift;
      more = byte >= 0x80;
    }
    sections.set(id, bytes.subarray(at, at + size));
    at += size;
  }
  return sections;
}
