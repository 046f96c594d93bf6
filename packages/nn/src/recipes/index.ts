// SPDX-License-Identifier: Apache-2.0
import type {Recipe} from '@addernet/plugin';
import {addernetCifar} from './addernet-cifar.js';
import {addernetImagenet} from './addernet-imagenet.js';
import {addernetMnist} from './addernet-mnist.js';

/** The recipes of the AdderNet authors, each with its source and with what of it paper and code leave open or tell differently. */
export const recipes: readonly Recipe[] = [addernetCifar, addernetMnist, addernetImagenet];
