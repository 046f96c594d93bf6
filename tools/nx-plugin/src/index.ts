// SPDX-License-Identifier: Apache-2.0
import {
  describeGenerated,
  type Generated,
  generateArchitecture,
  generateDataset,
  generateExperiment,
  generateKernelPackage,
  generateOperator,
  generateTracker,
  type KernelPackageOptions,
  type PluginOptions,
  type Tree,
} from '@addernet/create';
import {formatFiles, type GeneratorCallback, logger, type Tree as NxTree} from '@nx/devkit';

/** Nx's files as the generators of @addernet/create see them. */
const filesOf = (tree: NxTree): Tree => ({
  exists: (file) => tree.exists(file),
  read: (file) => (tree.isFile(file) ? (tree.read(file, 'utf-8') ?? undefined) : undefined),
  children: (folder) => tree.children(folder),
  write: (file, text) => tree.write(file, text),
});

/** A generator of @addernet/create as Nx calls it: `nx g @addernet/nx-plugin:operator soft-shift`. */
const nxGenerator =
  <Options>(generate: (tree: Tree, options: Options) => Generated) =>
  async (tree: NxTree, options: Options): Promise<GeneratorCallback> => {
    const generated = generate(filesOf(tree), options);
    await formatFiles(tree);
    return () => logger.info(['', ...describeGenerated(generated)].join('\n'));
  };

export const kernelPackage = nxGenerator<KernelPackageOptions>(generateKernelPackage);
export const operator = nxGenerator<PluginOptions>(generateOperator);
export const architecture = nxGenerator<PluginOptions>(generateArchitecture);
export const dataset = nxGenerator<PluginOptions>(generateDataset);
export const tracker = nxGenerator<PluginOptions>(generateTracker);
export const experiment = nxGenerator<PluginOptions>(generateExperiment);
