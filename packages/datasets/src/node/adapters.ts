// SPDX-License-Identifier: Apache-2.0
import {cifar10} from '../cifar10/definition.js';
import {cifar100} from '../cifar100/definition.js';
import {mnist} from '../mnist/definition.js';
import {createDatasetAdapter} from './adapter.js';

export const cifar10Adapter = createDatasetAdapter(cifar10);
export const cifar100Adapter = createDatasetAdapter(cifar100);
export const mnistAdapter = createDatasetAdapter(mnist);
