// SPDX-License-Identifier: Apache-2.0
// Preloaded into a process: a machine whose names do not resolve.
import dns from 'node:dns';

dns.lookup = (hostname, options, callback) => {
  const answer = typeof options === 'function' ? options : callback;
  const error = Object.assign(new Error(`getaddrinfo ENOTFOUND ${hostname}`), {code: 'ENOTFOUND', hostname});
  process.nextTick(answer, error);
};
