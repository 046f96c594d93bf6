// SPDX-License-Identifier: Apache-2.0
import {existsSync, readFileSync} from 'node:fs';
import path from 'node:path';
import {decodeSafetensors, toFloat32} from '@addernet/nn';
import {beforeAll, describe, expect, it} from 'vitest';
import {createModel} from '@addernet/zoo';
import {loadPytorchWeights, loadSafetensors, readPytorchFile, saveSafetensors} from '@addernet/zoo/pytorch';
import {startCpu, weightDigests} from '../support.js';

beforeAll(startCpu);

const root = process.env['ADDERNET_DATA'] ?? '';

describe.each([
  {file: 'addernet-resnet20-cifar10.pth', architecture: 'resnet20', operator: 'adder', extra: {}, tensors: 132},
  {
    file: 'resnet20-cifar10-12fca82f.th',
    architecture: 'resnet20-option-a',
    operator: 'conv',
    extra: {best_prec1: 91.78000183105469},
    tensors: 97,
  },
])('$file', ({file, architecture, operator, extra, tensors}) => {
  const checkpoint = path.join(root, 'checkpoints', file);
  const isThere = root !== '' && existsSync(checkpoint);

  it.skipIf(!isThere)(
    'goes into the model and back out with the same names, shapes and bits (needs ADDERNET_DATA with checkpoints/)',
    async () => {
      const bytes = new Uint8Array(readFileSync(checkpoint));
      const given = readPytorchFile(bytes);
      expect(given.format).toBe('legacy');
      expect(given.tensors.size).toBe(tensors);
      const build = () => createModel(architecture, {operator, numClasses: 10, inputShape: [32, 32, 3], seed: 1});
      const model = build();
      const loaded = loadPytorchWeights(model, bytes);
      expect(loaded).toMatchObject({format: 'legacy', prefix: 'module.', extra});

      // The model does not keep step counts; the file's are all the same.
      const counts = new Set(loaded.ignored.map((name) => given.tensors.get(`module.${name}`)?.toFloat32()[0]));
      expect(counts.size).toBeLessThanOrEqual(1);
      const [numBatchesTracked] = counts;
      const exported = await saveSafetensors(model, {
        prefix: loaded.prefix,
        ...(numBatchesTracked === undefined ? {} : {numBatchesTracked}),
      });
      const back = new Map(decodeSafetensors(exported).tensors.map((tensor) => [tensor.name, tensor]));
      expect([...back.keys()].sort()).toEqual([...given.tensors.keys()].sort());
      for (const [name, theirs] of given.tensors) {
        const ours = back.get(name);
        if (ours === undefined) throw new Error(`${name} is not in the export`);
        expect(ours, name).toMatchObject({dtype: theirs.dtype, shape: theirs.shape});
        const bits = (values: Float32Array): Buffer => Buffer.from(values.buffer);
        expect(bits(toFloat32(ours)).equals(bits(theirs.toFloat32())), name).toBe(true);
      }

      const other = build();
      loadSafetensors(other, exported);
      expect(weightDigests(other)).toEqual(weightDigests(model));
    },
  );
});
