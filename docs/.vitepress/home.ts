// SPDX-License-Identifier: Apache-2.0
// What the site's home page has above the text of docs/README.md.

/** −|x − f| over x: the adder's answer is largest where the input equals the filter. */
const icon = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32"><rect width="32" height="32" rx="7" fill="#b4491c"/><path d="M5 26 16 8l11 18M10 21h12" fill="none" stroke="#fff" stroke-width="3.4" stroke-linecap="round" stroke-linejoin="round"/></svg>`;

export const home = {
  icon,
  page: {
    layout: 'home',
    hero: {
      name: 'Addernet',
      text: 'Networks that add',
      tagline:
        'Add-based neural networks in TypeScript, on TensorFlow.js: kernels, models, and experiments that hold them against convolutions.',
      actions: [
        {theme: 'brand', text: 'Get started', link: '/getting-started'},
        {theme: 'alt', text: 'Playground', link: '/playground/index.html', target: '_self'},
        {theme: 'alt', text: 'How it works', link: '/concepts'},
      ],
    },
    features: [
      {
        title: 'Compare',
        details:
          'Train a network with adders and with convolutions by the same recipe, and get one report: accuracy, curves, costs, speed.',
        link: '/experiments',
        linkText: 'Run an experiment',
      },
      {
        title: 'Use',
        details:
          'One package in a page or a Node service: fast kernels for wasm, layers, a model zoo, published weights.',
        link: '/getting-started#one-package-in-your-application',
        linkText: 'Five lines',
      },
      {
        title: 'Extend',
        details:
          'Write a kernel, an operator, an architecture or a dataset in your own repository, and have it held to the same kit.',
        link: '/plugins',
        linkText: 'Plugins',
      },
    ],
  },
};
