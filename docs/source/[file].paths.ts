// SPDX-License-Identifier: Apache-2.0
import {linkedSources} from '../.vitepress/pages.js';

/** A page for each source file that a page links to. */
export default {
  paths: () => linkedSources().map((file) => ({params: {file}, content: `# ${file}\n\n<<< @/${file}\n`})),
};
