// SPDX-License-Identifier: Apache-2.0
import {html} from 'htm/preact';
import type {VNode} from 'preact';

/** Tagged template for elements; every inserted text and attribute is escaped when it is rendered. */
export {html};

/** What may stand in a template. */
export type Markup = VNode | readonly VNode[] | string | number | null;
