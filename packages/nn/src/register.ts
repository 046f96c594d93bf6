// SPDX-License-Identifier: Apache-2.0
import {registerClasses} from './register-classes.js';

registerClasses();
