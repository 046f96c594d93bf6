// SPDX-License-Identifier: Apache-2.0
import {cifar10} from '../cifar10/definition.js';
import {cifar100} from '../cifar100/definition.js';
import {mnist} from '../mnist/definition.js';
import {createDatasetAdapter} from './adapter.js';

/** CIFAR-10: 32×32×3, 10 classes, 50,000 images to train and 10,000 to test on. */
export const cifar10Adapter = createDatasetAdapter(cifar10);
/** CIFAR-100: 32×32×3, 100 classes in 20 groups, 50,000 and 10,000 images. */
export const cifar100Adapter = createDatasetAdapter(cifar100);
/** MNIST: 28×28×1, 10 digits, 60,000 and 10,000 images. */
export const mnistAdapter = createDatasetAdapter(mnist);
