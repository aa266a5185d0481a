import { Kind, type ConstDirectiveNode, type ConstValueNode, type DocumentNode } from 'graphql';

/** An import of a supergraph's `@link`: under which name a directive is written there. */
export interface DirectiveImport {
  /** Of the specification that is linked. */
  readonly url: string;
  /** What its elements begin with when they are not imported: `as__name`. Undefined: the specification's own name. */
  readonly namespace: string | undefined;
  /** By name in the specification, without `@`: the name in this schema. */
  readonly names: ReadonlyMap<string, string>;
}

/** Reads every `@link` of a schema (link specification 1.0). */
export function readImports(document: DocumentNode): readonly DirectiveImport[] {
  return document.definitions.flatMap((definition) => {
    const isSchema =
      definition.kind === Kind.SCHEMA_DEFINITION || definition.kind === Kind.SCHEMA_EXTENSION;
    return isSchema ? (definition.directives ?? []).flatMap(readLink) : [];
  });
}

function readLink(link: ConstDirectiveNode): readonly DirectiveImport[] {
  const url = textOf(argumentOf(link, 'url'));
  if (url === undefined) return [];
  const names = new Map<string, string>();
  for (const imported of listOf(argumentOf(link, 'import'))) {
    const parts =
      imported.kind === Kind.OBJECT
        ? new Map(imported.fields.map(({ name, value }) => [name.value, textOf(value)]))
        : new Map([['name', textOf(imported)]]);
    const name = parts.get('name');
    const used = parts.get('as') ?? name;
    if (name?.startsWith('@') && used) names.set(name.slice(1), used.slice(1));
  }
  return [{ url, namespace: textOf(argumentOf(link, 'as')), names }];
}

export function argumentOf(
  directive: ConstDirectiveNode,
  name: string,
): ConstValueNode | undefined {
  return directive.arguments?.find((each) => each.name.value === name)?.value;
}

/** The value of a string; undefined for everything else. */
export function textOf(value: ConstValueNode | undefined): string | undefined {
  return value?.kind === Kind.STRING ? value.value : undefined;
}

export function numberOf(value: ConstValueNode | undefined): number | undefined {
  return value?.kind === Kind.INT || value?.kind === Kind.FLOAT ? Number(value.value) : undefined;
}

/** The items of a list; what is no list is one of one item. */
export function listOf(value: ConstValueNode | undefined): readonly ConstValueNode[] {
  return value?.kind === Kind.LIST ? value.values : value ? [value] : [];
}
