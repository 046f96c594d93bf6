// SPDX-License-Identifier: Apache-2.0
import type {ShapeSet} from './layer-shape.js';
import {mobilenetV2} from './mobilenet-v2.js';
import {otherShapes} from './other.js';
import {resnet18} from './resnet18.js';
import {resnet20} from './resnet20.js';
import {vggSmall} from './vgg-small.js';

export {isDepthwise, layerName, type LayerShape, type ShapeSet} from './layer-shape.js';

/** Every distinct layer shape of the networks that kernels are measured on. */
export const shapeSets: readonly ShapeSet[] = [resnet20, vggSmall, resnet18, otherShapes, mobilenetV2];
