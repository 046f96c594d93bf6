// SPDX-License-Identifier: Apache-2.0
// Everything that a change must pass: format, build, circular imports, support matrix, lint, types, tests. Ends with `N passed, N failed, N skipped`.
import {spawnSync} from 'node:child_process';
import {existsSync, readFileSync, readdirSync} from 'node:fs';
import {dirname, join} from 'node:path';
import {fileURLToPath} from 'node:url';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const STEPS = [
  ['format', 'npx', ['prettier', '--check', '--log-level=warn', '.']],
  ['build', 'npx', ['nx', 'run-many', '-t', 'build', '--output-style=static']],
  ['circular imports', 'node', ['tools/circular-imports.mjs']],
  ['support matrix', 'npm', ['run', '--silent', 'support-matrix', '--', '--check']],
  ['lint', 'npx', ['nx', 'run-many', '-t', 'lint', '--output-style=static']],
  ['lint outside packages', 'npx', ['eslint', 'tools', 'eslint.config.mjs', 'vitest.shared.ts']],
  ['typecheck', 'npx', ['nx', 'run-many', '-t', 'typecheck', '--output-style=static']],
  ['test', 'npx', ['nx', 'run-many', '-t', 'test', '--output-style=static']],
];

const failedSteps = [];
for (const [name, command, args] of STEPS) {
  const start = Date.now();
  console.log(`\n== ${name}: ${command} ${args.join(' ')}`);
  const {status} = spawnSync(command, args, {cwd: root, stdio: 'inherit', shell: process.platform === 'win32'});
  const seconds = ((Date.now() - start) / 1000).toFixed(1);
  console.log(`== ${name}: ${status === 0 ? 'ok' : `failed (exit code ${status})`}, ${seconds} s`);
  if (status !== 0) failedSteps.push(name);
}

// Counts come from the reports that each package's tests write (restored by Nx where its cache answered).
let passed = 0;
let failed = 0;
let skipped = 0;
const projects = ['packages', 'tools', 'e2e'].flatMap((group) =>
  readdirSync(join(root, group)).map((name) => join(group, name)),
);
for (const project of [...projects, 'docs']) {
  const report = join(root, project, 'reports', 'vitest.json');
  if (!existsSync(report)) continue;
  const result = JSON.parse(readFileSync(report, 'utf8'));
  passed += result.numPassedTests;
  failed +=
    result.numFailedTests +
    result.testResults.filter((file) => file.status === 'failed' && file.assertionResults.length === 0).length;
  skipped += result.numPendingTests + result.numTodoTests;
}
// A step other than the tests that failed counts as one failure; so does a test step that failed without a failing test.
failed += failedSteps.filter((name) => name !== 'test').length;
if (failedSteps.includes('test') && failed === 0) failed = 1;
if (passed === 0) failed = Math.max(failed, 1);

if (failedSteps.length > 0) console.log(`\nfailed: ${failedSteps.join(', ')}`);
console.log(`\n${passed} passed, ${failed} failed, ${skipped} skipped`);
process.exitCode = failed > 0 ? 1 : 0;
