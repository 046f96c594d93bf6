// SPDX-License-Identifier: Apache-2.0
import {tokens} from '@addernet/plugin';
import {ContainerModule} from 'inversify';
import {featuresReporter} from './features-reporter.js';
import {htmlReporter} from './html-reporter.js';
import {markdownReporter} from './markdown-reporter.js';

/** Binds the reporters 'html' (report.html), 'markdown' (results.md) and 'features' (features.svg, where features were asked for). */
export const reportModule = new ContainerModule(({bind}) => {
  bind(tokens.reporter).toConstantValue(htmlReporter);
  bind(tokens.reporter).toConstantValue(markdownReporter);
  bind(tokens.reporter).toConstantValue(featuresReporter);
});

export default reportModule;
