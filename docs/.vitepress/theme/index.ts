// SPDX-License-Identifier: Apache-2.0
import type {Theme} from 'vitepress';
import DefaultTheme from 'vitepress/theme';
import {h} from 'vue';
import HeroPicture from './HeroPicture.vue';
import './style.css';

export default {
  extends: DefaultTheme,
  Layout: () => h(DefaultTheme.Layout, null, {'home-hero-image': () => h(HeroPicture)}),
} satisfies Theme;
