// SPDX-License-Identifier: Apache-2.0

/** Stochastic gradient descent as in PyTorch, with what AdderNet adds for adder filters. */
export interface OptimizerSettings {
  /** Initial learning rate. */
  readonly learningRate: number;
  readonly momentum: number;
  readonly nesterov: boolean;
  /** On all variables, added to the gradient after the local learning rate. */
  readonly weightDecay: number;
  /** η of the local learning rate of adder filters (the paper's ALR); 0: off. */
  readonly localLearningRate: number;
  /** Factor on the gradients of adder filters (the paper's ILR); 1: none. */
  readonly increasedLearningRate: number;
}

/** The learning rate over the epochs. */
export interface ScheduleSettings {
  readonly kind: 'cosine' | 'step' | 'constant';
  /** Whether the rate is set once per epoch or at every step. */
  readonly interval: 'epoch' | 'step';
  /** Epochs after which cosine reaches its end; 'epochs': as many as are trained. */
  readonly length: 'epochs' | number;
  /** Where on the schedule training begins, in epochs. */
  readonly firstEpoch: number;
  /** Cosine's learning rate at the end. */
  readonly final: number;
  /** Epochs after which 'step' multiplies the learning rate by gamma. */
  readonly milestones: readonly number[];
  readonly gamma: number;
  /** Epochs over which the learning rate first rises to the schedule. */
  readonly warmUpEpochs: number;
}

/** How a model is trained. */
export interface TrainingSettings {
  readonly epochs: number;
  readonly batchSize: number;
  readonly optimizer: OptimizerSettings;
  readonly schedule: ScheduleSettings;
  /** Whether the dataset's augmentation is used. */
  readonly augmentation: boolean;
}

/** Some of the settings; the others are left to what the recipe is laid over. */
export interface PartialTrainingSettings extends Partial<Omit<TrainingSettings, 'optimizer' | 'schedule'>> {
  readonly optimizer?: Partial<OptimizerSettings>;
  readonly schedule?: Partial<ScheduleSettings>;
}

/** Settings of training under a name by which experiments ask for them, with where they come from. */
export interface Recipe {
  /** e.g. 'addernet-cifar'. */
  readonly name: string;
  readonly description: string;
  /** Paper and section, or the reference code. */
  readonly source: string;
  /** What must be known beside numbers made with it, e.g. where paper and code differ. */
  readonly notes: readonly string[];
  readonly settings: PartialTrainingSettings;
}
