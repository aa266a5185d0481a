import { Kind, parse } from 'graphql';
import type { Place } from '../report/problem.ts';

/** Where each field of each object type stands in a schema, by `Type.field`. */
export function locateFields(sdl: string, origin: string): Map<string, Place> {
  const lines = sdl.split('\n');
  const places = new Map<string, Place>();
  for (const definition of parse(sdl).definitions) {
    if (definition.kind !== Kind.OBJECT_TYPE_DEFINITION) continue;
    for (const { name } of definition.fields ?? []) {
      const line = name.loc?.startToken.line ?? 1;
      const column = name.loc?.startToken.column ?? 1;
      const excerpt = lines[line - 1] ?? '';
      const coordinate = `${definition.name.value}.${name.value}`;
      places.set(coordinate, { origin, line, column, endLine: line, excerpt });
    }
  }
  return places;
}
