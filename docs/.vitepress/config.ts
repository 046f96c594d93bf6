// SPDX-License-Identifier: Apache-2.0
import {readFileSync} from 'node:fs';
import path from 'node:path';
import {slug} from 'github-slugger';
import {defineConfig, type DefaultTheme} from 'vitepress';
import {entries, workspace} from '../entries.mjs';
import {siteBase} from './base.js';
import {home} from './home.js';
import {plainDocstrings, repositoryLinks} from './links.js';
import {NO_PAGES, pageFiles, pagePath} from './pages.js';
import {copyPlayground} from './playground.js';

const titleOf = (file: string): string =>
  /^# (.+)$/m.exec(readFileSync(path.join(workspace, file), 'utf8'))?.[1] ?? file;

const item = (file: string, text = titleOf(file)): DefaultTheme.SidebarItem => ({
  text: text.replaceAll('`', ''),
  link: `/${pagePath(file)}`,
});

const below = (folder: string): DefaultTheme.SidebarItem[] =>
  pageFiles()
    .filter((file) => path.posix.dirname(file) === folder && !file.endsWith('/README.md'))
    .map((file) => item(file));

/** The first ones in the order in which they are likely to be wanted. */
const GUIDES = ['add-a-kernel', 'add-an-operator', 'add-an-architecture', 'add-a-dataset', 'add-a-tracker'];
const guideFiles = new Set([
  ...GUIDES.map((name) => `docs/guides/${name}.md`),
  ...pageFiles().filter((file) => file.startsWith('docs/guides/')),
]);

const packages = pageFiles().filter((file) => /^(packages|tools)\/.*\/README\.md$/.test(file));

/** What is said of pages here rather than at the head of their files, where the code host would show it. */
const FRONTMATTER: Readonly<Record<string, Record<string, unknown>>> = {
  'index.md': home.page,
  // No headings, and a wide table.
  'support-matrix.md': {aside: false},
};

const guides: DefaultTheme.SidebarItem[] = [
  {
    text: 'Begin',
    items: [
      item('docs/getting-started.md'),
      item('docs/concepts.md'),
      item('docs/experiments.md', 'Run an experiment'),
      item('docs/weights.md'),
    ],
  },
  {text: 'Extend', items: [item('docs/plugins.md'), ...[...guideFiles].map((file) => item(file))]},
  {text: 'Facts', items: [item('docs/support-matrix.md'), item('docs/performance.md'), item('docs/results/README.md')]},
  {text: 'Packages', collapsed: true, items: packages.map((file) => item(file))},
  {text: 'Project', items: [item('CONTRIBUTING.md')]},
];

export default defineConfig({
  title: 'Addernet',
  vite: {
    // The search index is one file.
    build: {chunkSizeWarningLimit: 4000},
    // Else every .html file of the repository is looked through for dependencies.
    optimizeDeps: {entries: ['docs/.vitepress/theme/index.ts']},
  },
  description: 'Add-based neural networks in TypeScript, on TensorFlow.js',
  lang: 'en',
  base: siteBase(),
  srcDir: '..',
  srcExclude: NO_PAGES,
  rewrites: pagePath,
  outDir: 'dist',
  head: [['link', {rel: 'icon', type: 'image/svg+xml', href: 'data:image/svg+xml,' + encodeURIComponent(home.icon)}]],
  markdown: {
    math: true,
    // As the code host makes them, so that a link to a heading works in both places.
    anchor: {slugify: slug},
    config: (md) => {
      md.use(repositoryLinks).use(plainDocstrings);
    },
  },
  // Copied into the built site: no page of VitePress's.
  ignoreDeadLinks: [/^\/playground\//],
  transformPageData: ({relativePath, frontmatter}) => ({frontmatter: {...frontmatter, ...FRONTMATTER[relativePath]}}),
  buildEnd({outDir}) {
    copyPlayground(path.join(outDir, 'playground'));
  },
  themeConfig: {
    search: {provider: 'local'},
    outline: [2, 3],
    nav: [
      {
        text: 'Guide',
        link: '/getting-started',
        activeMatch: '^/(getting-started|concepts|experiments|plugins|weights|guides/)',
      },
      {text: 'Results', link: '/results/', activeMatch: '^/(results/|performance|support-matrix)'},
      {text: 'API', link: '/api/', activeMatch: '^/api/'},
      {text: 'Playground', link: '/playground/index.html', target: '_self'},
    ],
    sidebar: {
      '/': guides,
      '/results/': [
        {text: 'Results', items: [item('docs/results/README.md', 'Overview'), ...below('docs/results')]},
        {text: 'Facts', items: [item('docs/support-matrix.md'), item('docs/performance.md')]},
      ],
      '/api/': [
        {
          text: 'API reference',
          link: '/api/',
          items: entries.map(({name}) => ({text: name.replace('@addernet/', ''), link: `/api/${name}`})),
        },
      ],
    },
    footer: {message: 'Apache-2.0'},
  },
});
