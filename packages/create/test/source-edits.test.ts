// SPDX-License-Identifier: Apache-2.0
import {describe, expect, it} from 'vitest';
import {EditError} from '../src/errors.js';
import {addBinding, addExport, addImport, addToArray, ensureImport} from '../src/source-edits.js';

const source = (text: string) => ({file: 'src/file.ts', text});

describe('an import', () => {
  it.each([
    [
      'after what it follows',
      `import a from 'a';\nimport d from 'd';\n`,
      `import a from 'a';\nimport c from 'c';\nimport d from 'd';\n`,
    ],
    [
      'before what follows it',
      `// a comment\nimport d from 'd';\n`,
      `// a comment\nimport c from 'c';\nimport d from 'd';\n`,
    ],
    ['before those of files', `import a from './a.js';\n`, `import c from 'c';\nimport a from './a.js';\n`],
    [
      'after the comments of a file without any',
      `// SPDX\n/* why */\nconst a = 1;\n`,
      `// SPDX\n/* why */\nimport c from 'c';\nconst a = 1;\n`,
    ],
    [
      'after one of several lines',
      `import {\n  a,\n} from 'a';\nrun();\n`,
      `import {\n  a,\n} from 'a';\nimport c from 'c';\nrun();\n`,
    ],
  ])('goes %s', (_where, text, expected) => {
    expect(addImport(source(text), `import c from 'c';`).text).toBe(expected);
  });
});

it('an import is not made twice, and no name is taken twice', () => {
  const present = source(`import {type T, tokens} from 'a';\nimport {other as same} from 'a';\n`);
  expect(ensureImport(present, {name: 'tokens', from: 'a'})).toBe(present);
  expect(ensureImport(present, {name: 'more', from: 'a'}).text).toContain(`import {more} from 'a';`);
  const taken = 'src/file.ts has another import called';
  for (const name of ['tokens', 'same', 'T']) {
    expect(() => ensureImport(present, {name, from: name === 'tokens' ? 'b' : 'a'})).toThrow(`${taken} ${name}`);
  }
});

it('an export goes among the exports', () => {
  const text = `export {a} from './a.js';\nexport {d} from './d.js';\nexport const e = 1;\n`;
  expect(addExport(source(text), `export {c} from './c.js';`).text).toBe(
    `export {a} from './a.js';\nexport {c} from './c.js';\nexport {d} from './d.js';\nexport const e = 1;\n`,
  );
});

describe('an element of an array', () => {
  it.each([
    ['const all = [a, b];', 'const all = [a, b, c];'],
    ['export const all: readonly T[] = [\n  a,\n  b,\n];', 'export const all: readonly T[] = [\n  a,\n  b,\n  c,\n];'],
    ['const all = [a, [x]] as const satisfies T;', 'const all = [a, [x], c] as const satisfies T;'],
    ['const all: T[] = [];', 'const all: T[] = [c];'],
  ])('is added to %j', (text, expected) => {
    expect(addToArray(source(text), 'all', 'c').text).toBe(expected);
  });

  it.each(['const others = [a];', 'const all = make();', 'const all = [a'])(
    'is refused by %j, which is named',
    (text) => {
      expect(() => addToArray(source(text), 'all', 'c')).toThrow(EditError);
      expect(() => addToArray(source(text), 'all', 'c')).toThrow('src/file.ts');
    },
  );
});

describe('a binding', () => {
  it.each([
    [
      'export default new ContainerModule(({bind}) => {});',
      'export default new ContainerModule(({bind}) => {\n  bind(c);\n});',
    ],
    [
      'const m = new ContainerModule(({bind}) => {\n  bind(a); // why\n});\nexport default m;',
      'const m = new ContainerModule(({bind}) => {\n  bind(a); // why\n  bind(c);\n});\nexport default m;',
    ],
    [
      'export const m = new ContainerModule(function ({bind, unbind}) {\n    for (const a of all) {\n      bind(a);\n    }\n});',
      'export const m = new ContainerModule(function ({bind, unbind}) {\n    for (const a of all) {\n      bind(a);\n    }\n    bind(c);\n});',
    ],
    [
      'export default new ContainerModule(({bind}) => { bind(a); });',
      'export default new ContainerModule(({bind}) => { bind(a); \nbind(c);\n});',
    ],
  ])('is added to %j', (text, expected) => {
    const squeeze = (code: string) => code.replace(/[ \n]+/g, ' ');
    const added = addBinding(source(text), ['bind(c);']).text;
    expect(squeeze(added)).toBe(squeeze(expected));
  });

  it('is refused where there is no module, or none with a block', () => {
    expect(() => addBinding(source('export default [];'), ['bind(c);'])).toThrow(
      'src/file.ts has no `new ContainerModule(({bind}) => {…})` to which `bind(c);` could be added',
    );
    expect(() => addBinding(source('export default new ContainerModule(bindAll);'), ['bind(c);'])).toThrow(EditError);
    const other = source('export default new ContainerModule((options) => {});');
    expect(() => addBinding(other, ['bind(c);'])).toThrow(EditError);
  });
});
