// SPDX-License-Identifier: Apache-2.0
import {mkdirSync, writeFileSync} from 'node:fs';
import path from 'node:path';
import {describe, expect, it} from 'vitest';
import {BackendUnavailableError, defineExperiment} from '../src/index.js';
import {containerWith, cpuBackend, experiment, fakeDataset} from './fixtures.js';
import {folder, run} from './run.js';

describe('backends', () => {
  const slowDefinition = defineExperiment({
    ...experiment,
    onSlowBackend: {config: {operators: ['plain'], epochs: 1}, note: 'only the plain operator: the backend is slow'},
    variants: {full: {operators: ['plain', 'bent'], epochs: 2}},
  });
  const slow = (): Parameters<typeof containerWith>[0] => ({backends: [cpuBackend({speed: 'slow'})]});

  it('adjusts to a slow backend and says so', async () => {
    const notices: string[] = [];
    const listener = {onNotice: (message: string) => notices.push(message)};
    const result = await run({definition: slowDefinition, container: containerWith(slow()), listener});
    expect(result.summary.runs).toMatchObject([{operator: 'plain', epochsPlanned: 1}]);
    expect(result.summary.notes).toEqual(['only the plain operator: the backend is slow']);
    expect(notices).toEqual(result.summary.notes);

    const partly = await run({
      definition: slowDefinition,
      container: containerWith(slow()),
      overrides: {operators: 'bent'},
    });
    expect(partly.summary.runs).toMatchObject([{operator: 'bent', epochsPlanned: 1}]);
    expect(partly.summary.notes).toEqual([
      'only the plain operator: the backend is slow (Set otherwise by variant or command line: operators.)',
    ]);

    const full = await run({definition: slowDefinition, container: containerWith(slow()), variant: 'full'});
    expect(full.summary.runs).toHaveLength(2);
    expect(full.summary.notes).toEqual([]);
    expect(full.summary.environment).toMatchObject({variant: 'full'});

    const fast = await run({definition: slowDefinition});
    expect(fast.summary.runs).toHaveLength(2);
    expect(fast.summary.notes).toEqual([]);
  });

  it("says why a backend is not available, and that 'auto' found none", async () => {
    const unavailable = cpuBackend({name: 'gpu', unavailableReason: () => Promise.resolve('there is no GPU')});
    const container = containerWith({backends: [unavailable]});
    await expect(run({container, overrides: {backend: 'gpu'}})).rejects.toThrow(BackendUnavailableError);
    await expect(run({container})).rejects.toThrow('no backend is available here: gpu: there is no GPU');
    await expect(run({container: containerWith({backends: []})})).rejects.toThrow('no backend is bound');
    const lying = containerWith({backends: [cpuBackend({name: 'wasm'})]});
    await expect(run({container: lying})).rejects.toThrow('TF.js computes on "cpu"; expected "wasm"');
    const failing = cpuBackend({start: () => Promise.reject(new Error('no memory'))});
    await expect(run({container: containerWith({backends: [failing]})})).rejects.toThrow('did not start: no memory');
  });

  it('runs an operator, an architecture and a dataset of plugins, by name', async () => {
    const plugins = path.join(folder, 'plugins');
    mkdirSync(plugins);
    const inversify = JSON.stringify(import.meta.resolve('inversify'));
    const layers = JSON.stringify(import.meta.resolve('@tensorflow/tfjs-layers'));
    writeFileSync(
      path.join(plugins, 'shift.mjs'),
      `import {ContainerModule} from ${inversify};
      import * as tfl from ${layers};
      export default [
        new ContainerModule(({bind}) => {
          bind(Symbol.for('addernet.operator')).toConstantValue({
            name: 'shift', description: 'test', layerClassNames: [],
            conv2d: ({name, filters, kernelSize}) =>
              tfl.layers.conv2d({name, filters, kernelSize, padding: 'same', kernelInitializer: 'ones'}),
            dense: ({name, units}) => tfl.layers.dense({name, units, kernelInitializer: 'zeros'}),
            operationsPerTap: {multiplications: 0, additions: 1},
            energyPerTap: {float32: 1, int8: 1, source: 'test'},
          });
        }),
        new ContainerModule(({bind}) => {
          bind(Symbol.for('addernet.architecture')).toConstantValue({
            name: 'pooled', description: 'test', source: 'test',
            build: ({operator, numClasses, inputShape, seed}) => tfl.sequential({layers: [
              tfl.layers.averagePooling2d({poolSize: 2, inputShape}),
              operator.conv2d({name: 'c', filters: 3, kernelSize: 1, seed}),
              tfl.layers.flatten(),
              operator.dense({name: 'd', units: numClasses, seed}),
            ]}),
          });
        }),
      ];`,
    );
    const container = containerWith({datasets: [fakeDataset(), fakeDataset('portraits')]});
    const definition = defineExperiment({...experiment, plugins: ['./shift.mjs']});
    const file = path.join(plugins, 'experiment.ts');
    const overrides = {operators: 'shift,plain', architectures: 'pooled', datasets: 'portraits,pictures', epochs: '1'};
    const result = await run({definition, file, container, overrides});
    expect(result.summary.runs.map(({id, status}) => `${id} ${status}`)).toEqual([
      'portraits-pooled-shift-seed0 finished',
      'portraits-pooled-plain-seed0 finished',
      'pictures-pooled-shift-seed0 finished',
      'pictures-pooled-plain-seed0 finished',
    ]);
    // The same container again: the plugin is there already. And without the file, its folder is not known.
    expect((await run({definition, file, container, overrides: {epochs: '1', operators: 'shift'}})).status).toBe(
      'finished',
    );
    await expect(run({definition, overrides})).rejects.toThrow('no such file; looked for');
  });
});
