import { SubgraphError } from '../errors.ts';
import type { ContextArgument, FetchStep } from '../planning/plan.ts';
import type { JsonObject, JsonValue } from '../transport/subgraph-fetch.ts';
import type { CoercedVariables } from './engine.ts';
import type { Position, PositionTree } from './position.ts';
import { compileRead, compileReadTypename } from './read-field.ts';
import { isJsonObject, type Run } from './run.ts';
import { chainOf, forEachPlace } from './walk-places.ts';
import { writeJsonWithin } from './write-json.ts';

/** Objects whose arguments are filled alike. */
export interface ContextPart {
  readonly values: CoercedVariables;
  readonly objects: Set<JsonObject>;
  /** Why these cannot be asked about. */
  readonly refusal: Error | undefined;
}

/**
 * Compiles the sorting of a step's objects by what its contextual arguments are at their places. Objects that cannot be
 * asked about are in parts that are refused.
 */
export function compilePartition(
  step: FetchStep,
  position: Position,
  tree: PositionTree,
): (run: Run) => ContextPart[] {
  const readers = step.contexts.map((context) => compileContext(context, position, tree));
  return (run) => {
    const parts = new Map<string, ContextPart>();
    const tooDeep = new Set<JsonObject>();
    forEachPlace(run, position, ({ object, ancestors }) => {
      const values: Record<string, JsonValue> = {};
      step.contexts.forEach(({ variable }, at) => {
        const value = readers[at]?.(run, ancestors);
        if (value !== undefined) values[variable] = value;
      });
      const key = writeJsonWithin(values);
      if (key === undefined) {
        tooDeep.add(object);
        return true;
      }
      const part = parts.get(key) ?? { values, objects: new Set(), refusal: undefined };
      parts.set(key, part);
      part.objects.add(object);
      return true;
    });
    return [
      ...parts.values(),
      refusedPart(step, tooDeep, 'an argument from a context is nested too deep'),
    ];
  };
}

function refusedPart(step: FetchStep, objects: Set<JsonObject>, reason: string): ContextPart {
  const message = `A subgraph cannot be asked: ${reason}.`;
  const refusal = new SubgraphError('SUBGRAPH_MALFORMED_RESPONSE', step.subgraph, { message });
  return { values: {}, objects, refusal };
}

/** Compiles reading one context value from the objects around a place. */
function compileContext(
  { path }: ContextArgument,
  position: Position,
  tree: PositionTree,
): (run: Run, ancestors: readonly JsonObject[]) => JsonValue | undefined {
  const climbs = path.filter((element) => element === '..').length;
  const rest = path.slice(climbs);
  const chain = chainOf(position);
  const start = chain[chain.length - climbs];
  if (!start) return () => undefined;
  const read = compileDescent(rest, start, tree);
  return (run, ancestors) => {
    const object = ancestors[ancestors.length - climbs];
    return object && read(run, object);
  };
}

function compileDescent(
  path: readonly string[],
  position: Position,
  tree: PositionTree,
): (run: Run, value: JsonValue) => JsonValue | undefined {
  const [element, ...rest] = path;
  if (element === undefined) return (_run, value) => value;
  if (element.startsWith('... on ')) {
    const condition = element.slice('... on '.length);
    const readTypename = compileReadTypename(position, tree.types);
    const next = compileDescent(rest, position, tree);
    return (run, value) => {
      const typename = isJsonObject(value) ? readTypename(run, value) : undefined;
      return typename === undefined || tree.types.fits(condition, typename)
        ? next(run, value)
        : undefined;
    };
  }
  const read = compileRead(position.sources(element, undefined));
  const next = compileDescent(rest, position.child(element), tree);
  const descend = (run: Run, value: JsonValue | undefined): JsonValue | undefined => {
    if (Array.isArray(value)) return value.map((item: JsonValue) => descend(run, item) ?? null);
    return value === undefined || value === null ? value : next(run, value);
  };
  return (run, value) => (isJsonObject(value) ? descend(run, read(run, value)) : undefined);
}
