// SPDX-License-Identifier: Apache-2.0
import type {ModelCosts} from '@addernet/plugin';

/** A published number of additions of an adder network. */
interface PublishedAdditions {
  readonly architecture: string;
  /** Elements of the input image that the figure is for; several where the source does not say. */
  readonly inputElements: readonly number[];
  readonly additions: number;
  /** As printed. */
  readonly text: string;
  /** Half a unit of the last printed place. */
  readonly rounding: number;
  readonly source: string;
}

const CIFAR_IMAGE = [32 * 32 * 3];
const IMAGENET_IMAGE = [224 * 224 * 3];
const paper = (section: string): string => `Chen et al., AdderNet, CVPR 2020 (arXiv 1912.13200), ${section}`;

/**
 * What the AdderNet paper says of its networks, batch normalisation not counted: in the text for MNIST, in table 2 for CIFAR, in table 3 for ImageNet. It counts
 * two additions for each multiplication of the convolutional network (435 K, 41.17 M, 1.8 G). ResNet-50 is not here: its figure has not been compared with
 * the paper.
 */
const PUBLISHED_ADDITIONS: readonly PublishedAdditions[] = [
  {
    architecture: 'lenet5-bn',
    inputElements: [28 * 28, 32 * 32],
    additions: 870e3,
    text: '870 K',
    rounding: 5e3,
    source: paper('§4.1'),
  },
  {
    architecture: 'resnet20',
    inputElements: CIFAR_IMAGE,
    additions: 82.34e6,
    text: '82.34 M',
    rounding: 5e3,
    source: paper('§4.2'),
  },
  {
    architecture: 'resnet32',
    inputElements: CIFAR_IMAGE,
    additions: 138.24e6,
    text: '138.24 M',
    rounding: 5e3,
    source: paper('§4.2'),
  },
  {
    architecture: 'vgg-small',
    inputElements: CIFAR_IMAGE,
    additions: 1.3e9,
    text: '1.30 G',
    rounding: 5e6,
    source: paper('§4.2'),
  },
  {
    architecture: 'resnet18',
    inputElements: IMAGENET_IMAGE,
    additions: 3.6e9,
    text: '3.6 G',
    rounding: 50e6,
    source: paper('§4.3'),
  },
];

/** A published figure beside ours. */
export interface LiteratureComparison {
  readonly architecture: string;
  readonly published: string;
  readonly source: string;
  /** Two additions per tap in every layer with taps, the ordinary ones included. */
  readonly everyLayer: number;
  /** The same in the adder layers alone. */
  readonly adderLayers: number;
  /** Which count agrees with the figure, within its rounding or a thousandth. */
  readonly reproducedBy: 'every layer' | 'adder layers' | 'neither';
}

/** Relative difference that a head with another number of classes, or another rounding on the way, may make. */
const TOLERANCE = 1e-3;

/**
 * The published number of additions of an adder network beside our counts of it; undefined where none is published for the architecture at
 * this input size.
 *
 * @param costs of the adder network, or of any network with the same layers
 */
export function compareWithLiterature(architecture: string, costs: ModelCosts): LiteratureComparison | undefined {
  const input = costs.layers[0]?.inputElements;
  const published = PUBLISHED_ADDITIONS.find(
    (entry) => entry.architecture === architecture && input !== undefined && entry.inputElements.includes(input),
  );
  if (published === undefined) return undefined;
  const twicePerTap = (isCounted: (operator: string | undefined) => boolean): number =>
    costs.layers.reduce((sum, {operator, taps}) => (isCounted(operator) ? sum + 2 * taps : sum), 0);
  const everyLayer = twicePerTap(() => true);
  const adderLayers = twicePerTap((operator) => operator === 'adder');
  const agrees = (count: number): boolean =>
    Math.abs(count - published.additions) <= Math.max(published.rounding, TOLERANCE * published.additions);
  return {
    architecture,
    published: published.text,
    source: published.source,
    everyLayer,
    adderLayers,
    reproducedBy: agrees(everyLayer) ? 'every layer' : agrees(adderLayers) ? 'adder layers' : 'neither',
  };
}
