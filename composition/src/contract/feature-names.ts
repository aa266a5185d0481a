import { Kind, type ConstDirectiveNode, type DocumentNode } from 'graphql';

/**
 * The name under which a linked feature's directive stands in a supergraph: `tag` unless `@link(as:)` or an import
 * renames it (https://specs.apollo.dev/link/v1.0).
 * @returns undefined when the feature is not linked
 */
export function featureDirective(supergraph: DocumentNode, feature: string): string | undefined {
  for (const link of schemaLinks(supergraph)) {
    const text = (wanted: string): string | undefined => {
      const value = link.arguments?.find(({ name }) => name.value === wanted)?.value;
      return value?.kind === Kind.STRING ? value.value : undefined;
    };
    if (text('url')?.startsWith(`https://specs.apollo.dev/${feature}/`) !== true) continue;
    return importedName(link, feature) ?? text('as') ?? feature;
  }
  return undefined;
}

function schemaLinks({ definitions }: DocumentNode): ConstDirectiveNode[] {
  return definitions.flatMap((node) =>
    node.kind === Kind.SCHEMA_DEFINITION || node.kind === Kind.SCHEMA_EXTENSION
      ? (node.directives ?? []).filter(({ name }) => name.value === 'link')
      : [],
  );
}

function importedName(link: ConstDirectiveNode, feature: string): string | undefined {
  const list = link.arguments?.find(({ name }) => name.value === 'import')?.value;
  if (list?.kind !== Kind.LIST) return undefined;
  for (const item of list.values) {
    if (item.kind !== Kind.OBJECT) continue;
    const [name, as] = ['name', 'as'].map((wanted) => {
      const value = item.fields.find((field) => field.name.value === wanted)?.value;
      return value?.kind === Kind.STRING ? value.value.replace(/^@/, '') : undefined;
    });
    if (name === feature) return as;
  }
  return undefined;
}
