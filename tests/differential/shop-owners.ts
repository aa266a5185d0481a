import { Kind, parse, type DirectiveNode, type FieldDefinitionNode } from 'graphql';

/** Which service answers a field, and of which type it is there. */
export interface Owner {
  readonly service: string;
  readonly type: string;
  /** Fields of others it is computed from, as selections. */
  readonly requires: string;
}

/** Who answers what, read from the services' SDL. */
export interface Owners {
  /** By `Type.field`. Where two may answer, the first: a field that moves has two that agree. */
  readonly byField: ReadonlyMap<string, Owner>;
  /** Types that can be found again by their `id`. */
  readonly entities: ReadonlySet<string>;
}

/** @param sdls by service */
export function readOwners(sdls: ReadonlyMap<string, string>): Owners {
  const byField = new Map<string, Owner>();
  const entities = new Set<string>();
  for (const [service, sdl] of sdls) {
    for (const definition of parse(sdl, { noLocation: true }).definitions) {
      if (
        definition.kind !== Kind.OBJECT_TYPE_DEFINITION &&
        definition.kind !== Kind.INTERFACE_TYPE_DEFINITION
      ) {
        continue;
      }
      const type = definition.name.value;
      if (has(definition.directives, 'key')) entities.add(type);
      for (const field of definition.fields ?? []) {
        const coordinate = `${type}.${field.name.value}`;
        if (has(field.directives, 'external') || byField.has(coordinate)) continue;
        byField.set(coordinate, { service, type, requires: readRequires(field) });
      }
    }
  }
  return { byField, entities };
}

function has(directives: readonly DirectiveNode[] = [], name: string): boolean {
  return directives.some((each) => each.name.value === name);
}

function readRequires({ directives = [] }: FieldDefinitionNode): string {
  const requires = directives.find(({ name }) => name.value === 'requires');
  const value = requires?.arguments?.[0]?.value;
  return value?.kind === Kind.STRING ? value.value : '';
}
