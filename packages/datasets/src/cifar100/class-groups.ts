// SPDX-License-Identifier: Apache-2.0
import type {ClassGroup} from '@addernet/plugin';
import {CIFAR100_CLASS_NAMES, type CIFAR100_COARSE_CLASS_NAMES} from './class-names.js';

type Fine = (typeof CIFAR100_CLASS_NAMES)[number];
type Coarse = (typeof CIFAR100_COARSE_CLASS_NAMES)[number];

/** Which fine classes a superclass has, as the two label bytes of the official records pair them. */
const SUPERCLASSES = {
  aquatic_mammals: ['beaver', 'dolphin', 'otter', 'seal', 'whale'],
  fish: ['aquarium_fish', 'flatfish', 'ray', 'shark', 'trout'],
  flowers: ['orchid', 'poppy', 'rose', 'sunflower', 'tulip'],
  food_containers: ['bottle', 'bowl', 'can', 'cup', 'plate'],
  fruit_and_vegetables: ['apple', 'mushroom', 'orange', 'pear', 'sweet_pepper'],
  household_electrical_devices: ['clock', 'keyboard', 'lamp', 'telephone', 'television'],
  household_furniture: ['bed', 'chair', 'couch', 'table', 'wardrobe'],
  insects: ['bee', 'beetle', 'butterfly', 'caterpillar', 'cockroach'],
  large_carnivores: ['bear', 'leopard', 'lion', 'tiger', 'wolf'],
  'large_man-made_outdoor_things': ['bridge', 'castle', 'house', 'road', 'skyscraper'],
  large_natural_outdoor_scenes: ['cloud', 'forest', 'mountain', 'plain', 'sea'],
  large_omnivores_and_herbivores: ['camel', 'cattle', 'chimpanzee', 'elephant', 'kangaroo'],
  medium_mammals: ['fox', 'porcupine', 'possum', 'raccoon', 'skunk'],
  'non-insect_invertebrates': ['crab', 'lobster', 'snail', 'spider', 'worm'],
  people: ['baby', 'boy', 'girl', 'man', 'woman'],
  reptiles: ['crocodile', 'dinosaur', 'lizard', 'snake', 'turtle'],
  small_mammals: ['hamster', 'mouse', 'rabbit', 'shrew', 'squirrel'],
  trees: ['maple_tree', 'oak_tree', 'palm_tree', 'pine_tree', 'willow_tree'],
  vehicles_1: ['bicycle', 'bus', 'motorcycle', 'pickup_truck', 'train'],
  vehicles_2: ['lawn_mower', 'rocket', 'streetcar', 'tank', 'tractor'],
} as const satisfies Record<Coarse, readonly Fine[]>;

/** The fine classes by superclass, in coarse label order. */
export const CIFAR100_CLASS_GROUPS: readonly ClassGroup[] = Object.entries(SUPERCLASSES).map(([name, classes]) => ({
  name,
  classes: classes.map((fine) => CIFAR100_CLASS_NAMES.indexOf(fine)),
}));
