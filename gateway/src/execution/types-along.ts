import type { JsonValue } from '../transport/subgraph-fetch.ts';
import type { Path } from './client-paths.ts';
import type { PositionTree } from './position.ts';
import { compileRead, compileReadTypename } from './read-field.ts';
import { isJsonObject, rootObject, type Run } from './run.ts';

/**
 * Follows a path in internal names through the data of a run.
 * @returns the type of the object that holds the path's element with a number, where it is known; ask for one after the
 *   other, and never beyond a name that is no field of the operation: a subgraph may have made the path up
 */
export function typesAlong(
  run: Run,
  tree: PositionTree,
  path: Path,
): (at: number) => string | undefined {
  let position = tree.root;
  let value: JsonValue | undefined = rootObject;
  let next = 0;
  const step = (): void => {
    const key = path[next];
    next += 1;
    if (typeof key === 'number') value = Array.isArray(value) ? value[key] : undefined;
    else if (key !== undefined) {
      const read = compileRead(position.sources(key, undefined));
      value = isJsonObject(value) ? read(run, value) : undefined;
      position = position.child(key);
    }
  };
  return (at) => {
    while (next < at) step();
    return isJsonObject(value) ? compileReadTypename(position, tree.types)(run, value) : undefined;
  };
}
