import type { JsonObject, JsonValue } from '../transport/subgraph-fetch.ts';
import type { Path } from './client-paths.ts';
import type { Position } from './position.ts';
import { compileRead } from './read-field.ts';
import { isJsonObject, rootObject, type Run } from './run.ts';

/** A place of the answer. Path and ancestors are only valid during the visit. */
export interface AnswerPlace {
  readonly object: JsonObject;
  /** In internal names. */
  readonly path: Path;
  /** The objects on the way, from the root's down to the parent. */
  readonly ancestors: readonly JsonObject[];
}

/** Walks every place of the answer that is at a position. A visit that returns false is the last. */
export function forEachPlace(
  run: Run,
  position: Position,
  visit: (place: AnswerPlace) => boolean,
): void {
  const keys = position.path();
  const readers = chainOf(position).map((parent, depth) =>
    compileRead(parent.sources(keys[depth] ?? '', undefined)),
  );
  const path: (string | number)[] = [];
  const ancestors: JsonObject[] = [];

  const visitObject = (object: JsonObject, depth: number): boolean => {
    const read = readers[depth];
    const key = keys[depth];
    if (!read || key === undefined) return visit({ object, path, ancestors });
    path.push(key);
    ancestors.push(object);
    const goesOn = visitValue(read(run, object), depth + 1);
    ancestors.pop();
    path.pop();
    return goesOn;
  };
  const visitValue = (value: JsonValue | undefined, depth: number): boolean => {
    if (isJsonObject(value)) return visitObject(value, depth);
    if (!Array.isArray(value)) return true;
    return value.every((item: JsonValue, at) => {
      path.push(at);
      const goesOn = visitValue(item, depth);
      path.pop();
      return goesOn;
    });
  };
  visitObject(rootObject, 0);
}

/** The positions above a position, the root first. */
export function chainOf(position: Position): Position[] {
  const chain: Position[] = [];
  for (let above = position.parent; above; above = above.parent) chain.unshift(above);
  return chain;
}
