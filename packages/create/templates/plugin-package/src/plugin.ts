// SPDX-License-Identifier: Apache-2.0
import {ContainerModule} from 'inversify';

/** What Addernet's experiments find by name when they name this plugin. */
export default new ContainerModule(({bind}) => {});
