// SPDX-License-Identifier: Apache-2.0
import {type Recipe, tokens} from '@addernet/plugin';
import {ContainerModule} from 'inversify';
import {describe, expect, it} from 'vitest';
import {
  ConfigError,
  configRecord,
  defineExperiment,
  loadModules,
  resolveTrainings,
  runExperiment,
  UnknownNameError,
} from '../src/index.js';
import {containerWith, experiment} from './fixtures.js';
import {readJson, run} from './run.js';
import {readText} from './temporary-folder.js';

const authors: Recipe = {
  name: 'authors',
  description: 'theirs',
  source: 'their code',
  notes: ['Their paper has other settings.'],
  settings: {
    epochs: 4,
    batchSize: 32,
    optimizer: {learningRate: 0.2, momentum: 0.8, nesterov: true},
    schedule: {kind: 'cosine', length: 5, firstEpoch: 1},
  },
};

const definition = defineExperiment({
  ...experiment,
  onSlowBackend: {config: {epochs: 1}, note: 'slow'},
  recipes: {decay: {optimizer: {weightDecay: 0.1}}, plain: {optimizer: {weightDecay: 0}}},
  variants: {
    authors: {recipes: ['authors']},
    short: {recipes: ['authors'], epochs: 3},
    both: {recipes: ['decay', 'plain'], optimizer: {momentum: 0}},
  },
});

const one = (options: Parameters<typeof resolveTrainings>[2]) => {
  const trainings = resolveTrainings(definition, [authors], options);
  expect(trainings).toHaveLength(1);
  return trainings[0];
};

describe('resolveTrainings', () => {
  it('has the experiment’s own settings where no recipe is named', () => {
    const {recipe, config} = one({});
    expect(recipe).toBeUndefined();
    expect(config).toMatchObject({recipes: [], epochs: 2, batchSize: 16, optimizer: {learningRate: 0.05}});
  });

  it('lays a recipe over the experiment’s settings and over what slow backends change', () => {
    const ways: Parameters<typeof resolveTrainings>[2][] = [
      {variant: 'authors'},
      {overrides: {recipe: 'authors'}},
      {overrides: {recipes: 'authors'}},
    ];
    for (const options of ways) {
      const {recipe, config} = one({...options, slowBackend: true});
      expect(recipe).toEqual({name: 'authors', changed: []});
      expect(config).toMatchObject({
        recipes: ['authors'],
        epochs: 4,
        batchSize: 32,
        // What the recipe leaves open is as it was.
        evaluationBatchSize: 20,
        optimizer: {learningRate: 0.2, momentum: 0.8, nesterov: true, weightDecay: 5e-4},
        schedule: {length: 5, firstEpoch: 1, interval: 'epoch'},
      });
    }
  });

  it('lets what stands beside the name win, and says what that changes', () => {
    const short = one({variant: 'short'});
    expect(short.config.epochs).toBe(3);
    expect(short.recipe).toEqual({name: 'authors', changed: ['epochs']});
    const overridden = one({
      variant: 'short',
      overrides: {batchSize: '8', 'optimizer.learning-rate': '0.2', 'schedule.length': 'epochs'},
    });
    expect(overridden.recipe).toEqual({name: 'authors', changed: ['epochs', 'batchSize', 'schedule.length']});
    // Named anew, the recipe lies over the variant.
    expect(one({variant: 'short', overrides: {recipe: 'authors'}}).recipe).toEqual({name: 'authors', changed: []});
  });

  it('makes one configuration of each recipe, and keeps them apart in config.json', () => {
    const trainings = resolveTrainings(definition, [authors], {variant: 'both'});
    expect(trainings.map(({recipe}) => recipe?.name)).toEqual(['decay', 'plain']);
    expect(trainings.map(({config}) => config.optimizer.weightDecay)).toEqual([0.1, 0]);
    expect(configRecord(trainings)).toMatchObject({
      datasets: ['pictures'],
      evaluationBatchSize: 20,
      recipes: {
        decay: {epochs: 2, optimizer: {weightDecay: 0.1, momentum: 0}, schedule: {kind: 'cosine'}},
        plain: {optimizer: {weightDecay: 0}},
      },
    });
    expect(configRecord(trainings)).not.toHaveProperty('optimizer');
  });

  it('refuses unknown recipes and settings that do not fit', () => {
    const unknown = () => resolveTrainings(definition, [authors], {overrides: {recipe: 'author'}});
    expect(unknown).toThrow(UnknownNameError);
    expect(unknown).toThrow('unknown recipe "author"; did you mean "authors"?; valid: decay, plain, authors');
    const wrong: Recipe = {...authors, settings: {optimizer: {momentum: 2}}};
    expect(() => resolveTrainings(definition, [wrong], {overrides: {recipe: 'authors'}})).toThrow(
      "optimizer.momentum (recipe 'authors'): given 2, expected a number in [0, 1)",
    );
    expect(() => defineExperiment({...definition, recipes: {bad: {epochs: 0}}})).toThrow(ConfigError);
    expect(() => one({overrides: {recipe: 'authors', 'optimizer.momentum': '0'}})).toThrow(
      'optimizer.momentum (command line): given 0, expected above 0 with nesterov',
    );
  });
});

it('an experiment runs once for each recipe and names it in every file', async () => {
  const container = containerWith();
  await loadModules(container, [
    {
      name: 'mine',
      module: new ContainerModule(({bind}) => {
        bind(tokens.recipe).toConstantValue(authors);
      }),
    },
  ]);
  const starts: (readonly string[] | undefined)[] = [];
  const result = await run({
    definition,
    container,
    variant: 'both',
    overrides: {recipes: 'plain,authors', operators: 'bent', epochs: '1'},
    listener: {onRunStart: ({recipe}) => starts.push(recipe?.changed)},
  });
  expect(result.status).toBe('finished');
  expect(result.summary.runs.map(({id, recipe}) => [id, recipe])).toEqual([
    ['pictures-small-bent-plain-seed0', {name: 'plain', changed: []}],
    ['pictures-small-bent-authors-seed0', {name: 'authors', changed: ['epochs']}],
  ]);
  expect(starts).toEqual([[], ['epochs']]);
  // Of what the experiment has itself there is no more to say than its settings.
  expect(result.summary.notes.filter((note) => note.startsWith('Recipe '))).toEqual([
    'Recipe authors with other epochs: theirs. Source: their code.',
    'Recipe authors: Their paper has other settings.',
  ]);
  expect(readJson(result.folder, 'config.json')).toMatchObject({recipes: {authors: {batchSize: 32, epochs: 1}}});
  expect(readText(result.folder, 'metrics.csv').split('\n')[2]).toContain(',authors with other epochs,');
  const [plain, theirs] = result.summary.runs.map(({final}) => final?.loss);
  expect(plain).not.toBe(theirs);
  expect(readText(result.folder, 'pictures-small-bent-authors-seed0', 'model.json')).toContain(
    '"recipe":"authors with other epochs"',
  );
});

it('an unknown recipe ends an experiment before anything is written', async () => {
  await expect(
    runExperiment({definition, container: containerWith(), overrides: {recipe: 'x', output: '/nonexistent/output'}}),
  ).rejects.toThrow(UnknownNameError);
});
