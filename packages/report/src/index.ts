// SPDX-License-Identifier: Apache-2.0
export {htmlReporter, renderHtmlReport} from './html-reporter.js';
export {markdownReporter, renderMarkdownTable} from './markdown-reporter.js';
