import type { JsonObject, JsonValue } from '../transport/subgraph-fetch.ts';
import { atPlace, type Position, type Source } from './position.ts';
import { compileRead, ownReader } from './read-field.ts';
import { isJsonObject, rootObject, type Run } from './run.ts';

/**
 * Finds the distinct objects at a position. Entities that many places share are walked once, so the work grows with what
 * subgraphs sent, not with what the answer repeats.
 */
export function collectObjects(run: Run, position: Position): readonly JsonObject[] {
  const known = run.objects[position.id];
  if (known) return known;
  const { parent, key } = position;
  if (!parent) return [rootObject];
  const sources = parent.sources(key, undefined);
  const [only] = sources;
  const found: JsonObject[] = [];
  const isHidden = hiddenBy(run, position.guards);
  if (sources.length === 1 && only && !isHidden) {
    const read = ownReader(only.dataName);
    const holders =
      only.step === atPlace
        ? collectObjects(run, parent)
        : (run.fetched[only.step]?.distinct ?? []);
    for (const holder of holders) addObjects(read(holder), found);
  } else {
    const read = compileRead(sources);
    const values = new Set<JsonValue | undefined>();
    for (const holder of collectObjects(run, parent)) {
      // What stands in a denied field is not there for anybody.
      if (!isHidden?.(holder)) values.add(read(run, holder));
    }
    for (const value of values) addObjects(value, found);
  }
  const isParentComplete = !parent.parent || run.objects[parent.id] !== undefined;
  const isComplete = ({ step }: Source): boolean =>
    step === atPlace ? isParentComplete : run.fetched[step] !== undefined;
  const fromEntitiesOnly = sources.length === 1 && only?.step !== atPlace;
  if (sources.every(isComplete) && (fromEntitiesOnly || isParentComplete)) {
    run.objects[position.id] = found;
  }
  return found;
}

/** Finds the objects at a position that the client may see, where others are collected for `@requires`. */
export function collectShown(run: Run, position: Position): readonly JsonObject[] {
  const { parent, key } = position;
  if (!parent) return [rootObject];
  const { guards, clientGuard } = position;
  const isHidden = hiddenBy(run, clientGuard === undefined ? guards : [clientGuard]);
  const read = compileRead(parent.sources(key, undefined));
  const values = new Set<JsonValue | undefined>();
  for (const holder of collectShown(run, parent)) {
    if (!isHidden?.(holder)) values.add(read(run, holder));
  }
  const found: JsonObject[] = [];
  for (const value of values) addObjects(value, found);
  return found;
}

/** Tells objects that none of the guard points may show. Undefined when there are none. */
function hiddenBy(
  run: Run,
  guards: readonly number[] = [],
): ((object: JsonObject) => boolean) | undefined {
  const hidden = guards.map((guard) => run.hidden[guard]);
  const isPossible = hidden.length > 0 && hidden.every((objects) => objects && objects.size > 0);
  return isPossible ? (object) => hidden.every((objects) => objects?.has(object)) : undefined;
}

/** Adds the objects in a value: itself, or those of its lists. */
function addObjects(value: JsonValue | undefined, found: JsonObject[]): void {
  if (isJsonObject(value)) found.push(value);
  else if (Array.isArray(value)) for (const item of value) addObjects(item, found);
}
