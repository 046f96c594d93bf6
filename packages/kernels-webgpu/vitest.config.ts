// SPDX-License-Identifier: Apache-2.0
import {packageTestConfig} from '../../vitest.shared.ts';

export default packageTestConfig;
