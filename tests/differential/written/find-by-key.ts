import { Kind, type SelectionSetNode } from 'graphql';
import { isDeepStrictEqual } from 'node:util';
import type { WrittenObject, WrittenValues } from './written-values.ts';

type Reference = Readonly<Record<string, unknown>>;

/**
 * Finds the entity a representation means, by every key it tells completely.
 * @throws Error where it tells none, or keys of two entities
 */
export function findByKey(
  values: WrittenValues,
  type: { readonly name: string; readonly keys: readonly SelectionSetNode[] },
  { __typename, ...brought }: Reference,
): WrittenObject | null {
  void __typename;
  const told = type.keys.filter((key) => isTold(brought, key));
  if (told.length === 0) throw new Error(`no key of ${type.name} in ${JSON.stringify(brought)}`);
  for (const id of values.types.idsOf(type.name)) {
    const concrete = values.types.typeOf(type.name, id);
    const object = { __typename: concrete, type: concrete, id, parent: undefined, brought };
    const { brought: _brought, ...whole } = object;
    void _brought;
    if (told.every((key) => matches(values, whole, { key, brought }))) return object;
  }
  throw new Error(`no ${type.name} is ${JSON.stringify(brought)}`);
}

function isTold(value: unknown, key: SelectionSetNode): boolean {
  if (Array.isArray(value)) return value.every((item) => isTold(item, key));
  if (typeof value !== 'object' || value === null) return false;
  return key.selections.every((each) => {
    if (each.kind !== Kind.FIELD) return true;
    if (!(each.name.value in value)) return false;
    const below = (value as Reference)[each.name.value];
    return each.selectionSet === undefined || isTold(below, each.selectionSet);
  });
}

function matches(
  values: WrittenValues,
  object: WrittenObject,
  { key, brought }: { readonly key: SelectionSetNode; readonly brought: unknown },
): boolean {
  return isDeepStrictEqual(pick(brought, key), values.tell(object, key));
}

function pick(value: unknown, key: SelectionSetNode): unknown {
  if (Array.isArray(value)) return value.map((item) => pick(item, key));
  if (typeof value !== 'object' || value === null) return value;
  return fieldsOf(key).map(({ name, below }) => {
    const own = (value as Reference)[name];
    return [name, below ? pick(own, below) : own];
  });
}

function fieldsOf(key: SelectionSetNode) {
  return key.selections.flatMap((each) =>
    each.kind === Kind.FIELD && each.name.value !== '__typename'
      ? [{ name: each.name.value, below: each.selectionSet }]
      : [],
  );
}
