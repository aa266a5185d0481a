import {
  isInterfaceType,
  isObjectType,
  Kind,
  print,
  type GraphQLSchema,
  type SelectionSetNode,
} from 'graphql';
import type { EntityType } from './entity-keys.ts';

export type Representation = Readonly<Record<string, unknown>>;

/** Entities found in answers, by `Type @key(fields)`, each once. */
export type Representations = Map<string, Map<string, Representation>>;

/** Names one key of one entity type. */
export function describeKey(entity: EntityType, key: SelectionSetNode): string {
  return `${entity.name} by ${print(key).replace(/\s+/g, ' ')}`;
}

/** Finds, anywhere in an answer, objects that carry all fields of a key, and adds them. */
export function collectRepresentations(
  value: unknown,
  schema: GraphQLSchema,
  facts: { readonly entities: readonly EntityType[]; readonly found: Representations },
): void {
  if (Array.isArray(value)) {
    for (const item of value) collectRepresentations(item, schema, facts);
    return;
  }
  if (typeof value !== 'object' || value === null) return;
  const object = readObject(value as Record<string, unknown>);
  for (const entity of facts.entities) {
    if (!isOf(entity, String(object['__typename']), schema)) continue;
    for (const key of entity.keys) {
      const fields = readKey(object, key);
      if (!fields) continue;
      const name = describeKey(entity, key);
      const known = facts.found.get(name) ?? new Map<string, Representation>();
      facts.found.set(name, known);
      known.set(JSON.stringify(fields), { __typename: entity.name, ...fields });
    }
  }
  for (const item of Object.values(object)) collectRepresentations(item, schema, facts);
}

/** Takes off the aliases that wide-selection.ts gives to fields of abstract types. */
function readObject(answer: Record<string, unknown>): Record<string, unknown> {
  const prefix = `${String(answer['__typename'])}__`;
  return Object.fromEntries(
    Object.entries(answer).map(([name, value]) => [
      name.startsWith(prefix) ? name.slice(prefix.length) : name,
      value,
    ]),
  );
}

function isOf(entity: EntityType, typeName: string, schema: GraphQLSchema): boolean {
  if (entity.name === typeName) return true;
  const type = schema.getType(typeName);
  const abstract = schema.getType(entity.name);
  return isObjectType(type) && isInterfaceType(abstract) && schema.isSubType(abstract, type);
}

function readKey(
  object: Record<string, unknown>,
  key: SelectionSetNode,
): Record<string, unknown> | undefined {
  const fields: Record<string, unknown> = {};
  for (const node of key.selections) {
    if (node.kind !== Kind.FIELD) return undefined;
    const value = object[node.name.value];
    if (value === undefined || value === null) return undefined;
    fields[node.name.value] = node.selectionSet
      ? readKey(readObject(value as Record<string, unknown>), node.selectionSet)
      : value;
    if (fields[node.name.value] === undefined) return undefined;
  }
  return fields;
}
