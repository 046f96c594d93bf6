#!/usr/bin/env node
// SPDX-License-Identifier: Apache-2.0
import {main} from './main.js';

// Whoever reads the output may go before there is no more: `addernet list | head`, or a task runner at Ctrl-C while the files are being
// finished, or a terminal that is closed. None is a reason to stop.
for (const stream of [process.stdout, process.stderr]) {
  stream.on('error', (error: NodeJS.ErrnoException) => {
    if (!['EPIPE', 'EIO', 'ERR_STREAM_DESTROYED'].includes(error.code ?? '')) throw error;
  });
}

await main(process.argv);
