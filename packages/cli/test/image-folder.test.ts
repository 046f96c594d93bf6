// SPDX-License-Identifier: Apache-2.0
import {mkdirSync, writeFileSync} from 'node:fs';
import path from 'node:path';
import {expect, it} from 'vitest';
import {inProcess, runFolder, temporaryFolder} from './support.js';

/** 8 × 8 pixels of grey. */
const PNG =
  'iVBORw0KGgoAAAANSUhEUgAAAAgAAAAICAIAAABLbSncAAAACXBIWXMAAAPoAAAD6AG1e1JrAAAAD0lEQVQImWM4gQMwDC0JAJwulgEjFoYiAAAAAElFTkSuQmCC';

const folder = temporaryFolder();
const data = path.join(folder, 'photos');
const experiment = path.join(folder, 'experiment.mjs');
const config = {datasets: ['image-folder'], architectures: ['tiny'], operators: ['conv'], imageSize: 16, epochs: 1};
writeFileSync(experiment, `export default ${JSON.stringify({name: 'photos', description: 'grey', config})};\n`);
for (const split of ['train', 'val']) {
  for (const name of ['ants', 'bees']) {
    mkdirSync(path.join(data, split, name), {recursive: true});
    for (const file of ['1.png', '2.png']) {
      writeFileSync(path.join(data, split, name, file), Buffer.from(PNG, 'base64'));
    }
  }
}

it('trains, evaluates and draws on a folder of images, and names a file that is none', async () => {
  const output = path.join(folder, 'runs');
  const settings = ['--backend=cpu', `--data-root=${data}`, '--no-measure-machine'];
  const run = await inProcess('run', experiment, ...settings, `--output=${output}`);
  expect(run).toMatchObject({code: 0, stderr: ''});
  expect(run.stdout).toContain('on images of photos: 4 training and 4 test images');
  const made = runFolder(output);
  const weights = path.join(made, 'image-folder-tiny-conv-seed0');
  const evaluated = await inProcess(
    ...['evaluate', '--architecture=tiny', '--operator=conv', '--dataset=image-folder', '--backend=cpu', '--json'],
    ...[`--weights=${weights}`, `--data-root=${data}`, '--image-size=16'],
  );
  expect(JSON.parse(evaluated.stdout)).toMatchObject({
    images: 4,
    data: 'images of photos',
    trainedOn: 'images of photos',
  });
  expect((await inProcess('features', made, '--images=4')).code).toBe(0);

  const broken = path.join(data, 'val', 'bees', '2.png');
  writeFileSync(broken, 'no image');
  const failed = await inProcess('run', experiment, ...settings, `--output=${path.join(folder, 'more')}`);
  expect(failed.code).toBe(1);
  expect(failed.stdout).toContain(`${broken}: cannot be read as an image`);
  // Four commands.
}, 90_000);

it('counts for as many classes as are given, since only images could tell', async () => {
  const unknown = await inProcess('count', 'tiny', '--dataset=image-folder');
  expect(unknown).toMatchObject({code: 2, stderr: expect.stringContaining('expected --classes=NUMBER')});
  expect((await inProcess('count', 'tiny', '--dataset=image-folder', '--classes=7')).code).toBe(0);
});
