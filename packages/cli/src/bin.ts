#!/usr/bin/env node
// SPDX-License-Identifier: Apache-2.0
import {main} from './main.js';

await main(process.argv);
