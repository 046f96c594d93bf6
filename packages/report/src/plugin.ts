// SPDX-License-Identifier: Apache-2.0
import {tokens} from '@addernet/plugin';
import {ContainerModule} from 'inversify';
import {htmlReporter} from './html-reporter.js';
import {markdownReporter} from './markdown-reporter.js';

/** Binds the reporters 'html' (report.html) and 'markdown' (results.md). */
export const reportModule = new ContainerModule(({bind}) => {
  bind(tokens.reporter).toConstantValue(htmlReporter);
  bind(tokens.reporter).toConstantValue(markdownReporter);
});

export default reportModule;
