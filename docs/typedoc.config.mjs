// SPDX-License-Identifier: Apache-2.0
// The API reference: a Markdown page for each entry of each published package, in generated/api, of which VitePress makes pages of the site.
import path from 'node:path';
import {Converter, ReflectionKind} from 'typedoc';
import {entries, workspace} from './entries.mjs';

const nameOf = new Map(entries.map(({name, source}) => [source, name]));

/** Modules get the names by which they are imported: '@addernet/core/reference', not 'core/src/reference'. */
function importNames(app) {
  app.converter.on(Converter.EVENT_CREATE_DECLARATION, (context, reflection) => {
    if (reflection.kind !== ReflectionKind.Module) return;
    const file = context.getSymbolFromReflection(reflection)?.declarations?.[0]?.getSourceFile().fileName;
    const name = nameOf.get(file);
    if (name === undefined) throw new Error(`${reflection.name} is no entry of a published package`);
    reflection.name = name;
  });
}

/** What a class or interface has from another is told with that other one. */
function leaveInheritedOut(app) {
  app.converter.on(
    Converter.EVENT_RESOLVE_END,
    ({project}) => {
      for (const member of project.getReflectionsByKind(ReflectionKind.ClassMember))
        if (member.inheritedFrom !== undefined && member.kind !== ReflectionKind.Constructor)
          project.removeReflection(member);
    },
    // Before members are put into groups.
    1000,
  );
}

/** Several errors of one function are one heading with a list, and not as many headings. */
function listThrows(app) {
  app.converter.on(Converter.EVENT_RESOLVE_END, ({project}) => {
    for (const {comment} of Object.values(project.reflections)) {
      const all = comment?.blockTags.filter(({tag}) => tag === '@throws') ?? [];
      if (all.length < 2) continue;
      const [first] = all;
      first.content = all.flatMap(({content}) => [{kind: 'text', text: '\n- '}, ...content]);
      comment.blockTags = comment.blockTags.filter((tag) => tag === first || !all.includes(tag));
    }
  });
}

export default {
  plugin: ['typedoc-plugin-markdown', importNames, leaveInheritedOut, listThrows],
  entryPoints: entries.map(({source}) => source),
  tsconfig: path.join(workspace, 'docs/tsconfig.api.json'),
  name: 'API reference',
  out: 'generated/api',
  router: 'module',
  readme: 'none',
  disableSources: true,
  // What classes inherit from TensorFlow.js and JavaScript is told there.
  excludeExternals: true,
  groupOrder: ['Functions', 'Variables', 'Interfaces', 'Type Aliases', 'Classes'],
  hidePageHeader: true,
  hideBreadcrumbs: true,
  useCodeBlocks: true,
  parametersFormat: 'table',
  interfacePropertiesFormat: 'table',
  classPropertiesFormat: 'table',
  typeAliasPropertiesFormat: 'table',
  typeDeclarationFormat: 'table',
  propertyMembersFormat: 'table',
  basePath: workspace,
  excludeInternal: true,
  excludePrivate: true,
  skipErrorChecking: true,
  logLevel: 'Warn',
};
