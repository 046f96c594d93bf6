// SPDX-License-Identifier: Apache-2.0
import {z} from 'zod';

/**
 * `expected` completes "given …, expected …" in errors; `help` says what the field does. Both also make the list of overridable fields
 * (`configFields`).
 */
export const leaf = <T extends z.ZodType>(schema: T, expected: string, help: string): T =>
  schema.meta({expected, help});

export const names = (what: string, example: string, help: string) =>
  leaf(
    z
      .array(z.string().min(1))
      .min(1)
      .refine((list) => new Set(list).size === list.length)
      .readonly(),
    `a list of one or more different ${what} names, e.g. ${example}`,
    help,
  );

const atLeastOne = (help: string) => leaf(z.int().min(1), 'an integer ≥ 1', help);
const samples = (help: string) => leaf(z.union([z.literal('all'), z.int().min(1)]), "'all' or an integer ≥ 1", help);

const optimizerSchema = z.strictObject({
  learningRate: leaf(z.number().positive(), 'a number > 0', 'initial learning rate of SGD'),
  momentum: leaf(z.number().min(0).lt(1), 'a number in [0, 1)', 'momentum of SGD'),
  nesterov: leaf(z.boolean(), 'true or false', "Nesterov's form of the momentum, which must be above 0"),
  weightDecay: leaf(z.number().min(0), 'a number ≥ 0', 'weight decay, on all variables'),
  localLearningRate: leaf(
    z.number().min(0),
    'a number ≥ 0 (0: off)',
    "η of AdderNet's local learning rate for adder filters",
  ),
  increasedLearningRate: leaf(
    z.number().positive(),
    'a number > 0 (1: none)',
    "factor on adder filters' gradients, which the AdderNet paper compares with the local learning rate",
  ),
});

const scheduleSchema = z.strictObject({
  kind: leaf(
    z.enum(['cosine', 'step', 'constant']),
    "'cosine', 'step' or 'constant'",
    'how the learning rate falls over the epochs',
  ),
  interval: leaf(
    z.enum(['epoch', 'step']),
    "'epoch' or 'step'",
    'set the learning rate once per epoch (as the AdderNet authors do) or at every step (which, over a few epochs, is what brings it down to the end)',
  ),
  length: leaf(
    z.union([z.literal('epochs'), z.number().positive()]),
    "'epochs' or a number > 0",
    "epochs after which cosine reaches its end; 'epochs': as many as are trained",
  ),
  firstEpoch: leaf(
    z.number().min(0),
    'a number ≥ 0',
    'where on the schedule training begins, in epochs (the AdderNet authors count from 1)',
  ),
  final: leaf(z.number().min(0), 'a number ≥ 0', "cosine's learning rate at the end; unused by the others"),
  milestones: leaf(
    z
      .array(z.number().min(0))
      .refine((list) => list.every((epoch, index) => index === 0 || epoch > (list[index - 1] ?? 0)))
      .readonly(),
    'a list of rising epochs ≥ 0, e.g. 100,150',
    "the epochs after which 'step' multiplies the learning rate by gamma; unused by the others",
  ),
  gamma: leaf(
    z.number().positive().max(1),
    'a number in (0, 1]',
    "factor of 'step' at each milestone; unused by the others",
  ),
  warmUpEpochs: leaf(
    z.number().min(0),
    'a number ≥ 0 (0: off)',
    'epochs over which the learning rate first rises to the schedule',
  ),
});

const checkpointsSchema = z.strictObject({
  minutes: leaf(z.number().min(0), 'a number ≥ 0 (0: at the end of each epoch only)', 'minutes between checkpoints'),
  steps: leaf(z.int().min(0), 'an integer ≥ 0 (0: off)', 'training steps between checkpoints, besides'),
  keep: leaf(z.int().min(1), 'an integer ≥ 1', 'how many of the last checkpoints are kept'),
  best: leaf(z.boolean(), 'true or false', 'also keep that of the epoch with the highest top-1 on the test images'),
});

const evaluationSchema = z.strictObject({
  confusionMatrix: leaf(z.boolean(), 'true or false', 'record for the report which classes are taken for which'),
  topLosses: leaf(
    z.int().min(0).max(100),
    'an integer from 0 to 100 (0: none)',
    'how many test images, those with the highest loss, are recorded for the report',
  ),
});

const trackingSchema = z.strictObject({
  steps: leaf(z.int().min(1), 'an integer ≥ 1', 'training steps between the figures that trackers get'),
  epochs: leaf(
    z.int().min(1),
    'an integer ≥ 1',
    "epochs between records of every layer's weights, besides those before the first and after the last",
  ),
});

const baseSchema = z.strictObject({
  datasets: names('dataset', 'cifar100,cifar10', 'datasets to train on'),
  architectures: names('architecture', 'resnet20,vgg-small', 'network structures'),
  operators: names('operator', 'conv,adder', 'operators that stand in the place of the convolution'),
  recipes: leaf(
    z
      .array(z.string().min(1))
      .refine((list) => new Set(list).size === list.length)
      .readonly(),
    'a list of different recipe names, e.g. addernet-cifar',
    "named settings of training, laid over the fields before and below those beside them; one run for each ('--recipe=NAME': just that one)",
  ),
  seeds: leaf(
    z
      .array(z.int().min(0).max(0x7fffffff))
      .min(1)
      .refine((list) => new Set(list).size === list.length)
      .readonly(),
    'a list of one or more different integers in [0, 2147483647], e.g. [0, 1]',
    "seeds, one run each; on the command line '--seeds=3' is 0,1,2, '--seeds=7,8' a list, '--seed=7' just 7",
  ),
  backend: leaf(z.string().min(1), "'auto' or a backend's name", "TF.js backend; 'auto' takes the fastest available"),
  threads: leaf(
    z.union([z.literal('auto'), z.int().min(1).max(64)]),
    "'auto' or an integer from 1 to 64",
    "threads that the backend's kernels use, results being the same for any number; 'auto': one for each processor core",
  ),
  data: leaf(
    z.enum(['auto', 'official', 'synthetic']),
    "'auto', 'official' or 'synthetic'",
    "'official' data or error, 'synthetic' stand-in, or 'auto': official where it can be had, otherwise the stand-in",
  ),
  allowPartial: leaf(z.boolean(), 'true or false', 'accept a dataset of which only a part is there'),
  labels: leaf(z.enum(['fine', 'coarse']), "'fine' or 'coarse'", 'labels, where a dataset has both'),
  imageSize: atLeastOne('height and width of the images where the dataset has no size of its own (image-folder)'),
  trainSamples: samples('size of the balanced training subset, the same for every run'),
  testSamples: samples('size of the balanced test subset, the same for every run'),
  epochs: atLeastOne('passes over the training data'),
  allowDivergence: leaf(
    z.boolean(),
    'true or false',
    'take a loss that becomes NaN or infinite as a result of the experiment, not as a failure',
  ),
  batchSize: atLeastOne('images per training step'),
  evaluationBatchSize: atLeastOne('images per evaluation step'),
  optimizer: optimizerSchema,
  schedule: scheduleSchema,
  augmentation: leaf(z.boolean(), 'true or false', "the dataset's augmentation (crops, flips) in training"),
  evaluation: evaluationSchema,
  featureImages: leaf(
    z.union([z.literal(0), z.int().min(2)]),
    'an integer ≥ 2 (0: none)',
    'test images whose penultimate features the report draws, as they are where there are two, otherwise by UMAP',
  ),
  checkpoints: checkpointsSchema,
  trackers: leaf(
    z
      .array(z.string().min(1))
      .refine((list) => new Set(list).size === list.length)
      .readonly(),
    'a list of different tracker names, e.g. tensorboard,jsonl,csv (empty: none)',
    'what takes down every run while it is trained',
  ),
  tracking: trackingSchema,
  measureMachine: leaf(
    z.boolean(),
    'true or false',
    "measure the backend's peak rates and bandwidth first, a second or two, for the report's roofline",
  ),
  measureInference: leaf(
    z.boolean(),
    'true or false',
    'measure after the last run what inference takes with the trained networks and each of their layers, plain and fused: at batch 1 and, on a fast backend, at batchSize',
  ),
  launcher: leaf(
    z.string().min(1),
    "'auto', 'in-process' or a launcher's name, e.g. 'local'",
    "what does the runs: this process, or processes of their own started by a launcher; 'auto' is 'local' where concurrency is above 1, otherwise 'in-process'",
  ),
  concurrency: atLeastOne('runs at a time'),
  output: leaf(z.string().min(1), 'a folder', 'folder that the run folder is made in'),
  plugins: leaf(
    z.array(z.string().min(1)).readonly(),
    "a list of package names or paths (relative to the experiment's file)",
    "plugins to load, besides the definition's own",
  ),
});

/** A complete configuration; nothing has a default here (see DEFAULT_CONFIG), so that config.json says everything. */
export const experimentConfigSchema = baseSchema.superRefine((config, context) => {
  if (config.schedule.kind === 'step' && config.schedule.milestones.length === 0) {
    context.addIssue({code: 'custom', path: ['schedule', 'milestones'], message: "one milestone or more for 'step'"});
  }
  if (config.launcher === 'in-process' && config.concurrency > 1) {
    context.addIssue({code: 'custom', path: ['concurrency'], message: "1 with launcher 'in-process'"});
  }
  if (config.schedule.warmUpEpochs >= config.epochs && config.schedule.warmUpEpochs > 0) {
    context.addIssue({
      code: 'custom',
      path: ['schedule', 'warmUpEpochs'],
      message: `less than epochs (${config.epochs})`,
    });
  }
  if (config.optimizer.nesterov && config.optimizer.momentum === 0) {
    context.addIssue({code: 'custom', path: ['optimizer', 'momentum'], message: 'above 0 with nesterov'});
  }
});

/** Some of a configuration. */
export const partialConfigSchema = baseSchema.partial().extend({
  optimizer: optimizerSchema.partial().optional(),
  schedule: scheduleSchema.partial().optional(),
  evaluation: evaluationSchema.partial().optional(),
  checkpoints: checkpointsSchema.partial().optional(),
  tracking: trackingSchema.partial().optional(),
});

/** The fields that a recipe may set, none of them required. */
export const recipeSettingsSchema = baseSchema
  .pick({epochs: true, batchSize: true, augmentation: true})
  .partial()
  .extend({optimizer: optimizerSchema.partial().optional(), schedule: scheduleSchema.partial().optional()});

/** What decides backend and names before the plugins are there. */
export const choiceSchema = z.object(baseSchema.pick({backend: true, plugins: true, recipes: true}).shape);

/** A complete configuration with the settings of one recipe, or of none. */
export type ExperimentConfig = z.output<typeof baseSchema>;
/** Some of a configuration, as an experiment's file or a variant states it. */
export type PartialConfig = z.output<typeof partialConfigSchema>;

/**
 * What holds where nothing else is said: the authors' training on CIFAR (the recipe addernet-cifar), fitted to the epochs. `datasets`, `architectures` and `epochs` have
 * no default: an experiment says them.
 */
export const DEFAULT_CONFIG = {
  operators: ['conv', 'adder'],
  recipes: [],
  seeds: [0],
  backend: 'auto',
  threads: 'auto',
  data: 'auto',
  allowPartial: false,
  labels: 'fine',
  imageSize: 224,
  trainSamples: 'all',
  testSamples: 'all',
  allowDivergence: false,
  batchSize: 256,
  evaluationBatchSize: 256,
  optimizer: {
    learningRate: 0.1,
    momentum: 0.9,
    nesterov: false,
    weightDecay: 5e-4,
    localLearningRate: 0.2,
    increasedLearningRate: 1,
  },
  schedule: {
    kind: 'cosine',
    interval: 'epoch',
    length: 'epochs',
    firstEpoch: 0,
    final: 0,
    milestones: [],
    gamma: 0.1,
    warmUpEpochs: 0,
  },
  augmentation: true,
  evaluation: {confusionMatrix: true, topLosses: 16},
  featureImages: 0,
  checkpoints: {minutes: 5, steps: 0, keep: 2, best: true},
  trackers: ['tensorboard'],
  tracking: {steps: 10, epochs: 1},
  measureMachine: true,
  measureInference: false,
  launcher: 'auto',
  concurrency: 1,
  output: 'runs',
  plugins: [],
} as const satisfies PartialConfig;
