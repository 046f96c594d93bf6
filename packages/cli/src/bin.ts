#!/usr/bin/env node
// SPDX-License-Identifier: Apache-2.0
import {main} from './main.js';

// `addernet list | head` closes the pipe while there is more to say; that is no error.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error;
  process.exit();
});

await main(process.argv);
