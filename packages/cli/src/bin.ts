#!/usr/bin/env node
// SPDX-License-Identifier: Apache-2.0
import {main} from './main.js';

// Whoever reads the output may go before there is no more: `addernet list | head`, or a task runner at Ctrl-C while the files are being
// finished. Neither is a reason to stop.
for (const stream of [process.stdout, process.stderr]) {
  stream.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE' && error.code !== 'ERR_STREAM_DESTROYED') throw error;
  });
}

await main(process.argv);
