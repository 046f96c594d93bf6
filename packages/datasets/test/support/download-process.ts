// SPDX-License-Identifier: Apache-2.0
// A process of its own that downloads argv: URL, MD5, target. Prints 'done', or the error's message.
import {downloadFile} from '@addernet/datasets/node';

const [url = '', md5 = '', target = ''] = process.argv.slice(2);
try {
  await downloadFile({urls: [url], md5, target});
  console.log('done');
} catch (error) {
  console.log(String(error));
  process.exitCode = 1;
}
