import type { FetchStep } from '../planning/plan.ts';
import type { JsonObject, JsonValue } from '../transport/subgraph-fetch.ts';
import { collectObjects, collectShown } from './collect-objects.ts';
import { findIdentity } from './identity-field.ts';
import { createOmissions, type Omit } from './omissions.ts';
import type { Omission } from './omission.ts';
import { once } from './once.ts';
import type { Position, PositionTree } from './position.ts';
import { compileReadTypename, type ReadField } from './read-field.ts';
import type { Run } from './run.ts';
import { compileRepresentation, type WriteRepresentation } from './write-representation.ts';

/** Representations gathered from one or more steps, each once, and which object has which. */
export interface Gathered {
  /** As JSON. */
  readonly texts: string[];
  /** By place in `texts`: what the subgraph is not asked about it. Empty when everybody is asked for everything. */
  readonly omissions: (Omission | undefined)[];
  readonly index: Map<JsonObject, number>;
  readonly placeOf: Map<string, number>;
}

export function createGathered(): Gathered {
  return { texts: [], omissions: [], index: new Map(), placeOf: new Map() };
}

/** Adds the representations of a step's objects. Returns how many objects have one. */
export type GatherRepresentations = (run: Run, gathered: Gathered) => number;

/** Compiles gathering the representations of an entity step. */
export function compileRepresentations(
  step: FetchStep,
  position: Position,
  tree: PositionTree,
): GatherRepresentations {
  const { types } = tree;
  const skipped = tree.skips.get(step.id);
  const collect = tree.clientOnly.has(step.id) ? collectShown : collectObjects;
  const readTypename = compileReadTypename(position, types);
  const scope = { types, step, path: [], dataPath: [] };
  const omissions = createOmissions(step, types, tree.readNeeds);
  const writers = new Map<string, TypedWriter>();
  const writerFor = (typename: string): TypedWriter => {
    let writer = writers.get(typename);
    if (!writer) {
      // Whatever a subgraph invents is not remembered.
      if (!types.isKnown(typename)) return unknownType;
      writer = {
        write: compileRepresentation(step.requires ?? [], typename, position, scope),
        writeItself: once(() => {
          const itself = { ...scope, step: { ...step, typenames: [] } };
          return compileRepresentation(step.requires ?? [], typename, position, itself);
        }),
        identity: findIdentity(position, typename, types),
        omit: omissions(typename),
      };
      writers.set(typename, writer);
    }
    return writer;
  };
  return (run, gathered) =>
    gather(run, collect(run, position), gathered, { readTypename, writerFor, skipped });
}

interface TypedWriter {
  /** Undefined for types the step asks nothing about. */
  readonly write: WriteRepresentation | undefined;
  /** The same with the object's own type, whatever the step says. */
  readonly writeItself: () => WriteRepresentation | undefined;
  /** A field that decides the whole representation, if there is one: cheaper to compare than the text. */
  readonly identity: ReadField | undefined;
  readonly omit: Omit;
}

const unknownType: TypedWriter = {
  write: undefined,
  writeItself: () => undefined,
  identity: undefined,
  omit: { isUsual: true, decide: () => undefined },
};

interface ByType {
  readonly readTypename: (run: Run, object: JsonObject) => string | undefined;
  readonly writerFor: (typename: string) => TypedWriter;
  /** Guard points: who may show none of them is not named to the subgraph. */
  readonly skipped: readonly number[] | undefined;
}

function gather(
  run: Run,
  objects: readonly JsonObject[],
  gathered: Gathered,
  { readTypename, writerFor, skipped }: ByType,
): number {
  const { index } = gathered;
  const missing: string[] = [];
  let places = 0;
  let lastTypename: string | undefined;
  let writer: TypedWriter | undefined;
  let seen = new Map<JsonValue | undefined, number>();
  // Where one of the fields is shown of every object, nothing is to be looked up for each.
  const mayHide = skipped?.every((point) => run.hidden[point]?.size !== 0) === true;
  for (const object of objects) {
    if (mayHide && skipped?.every((point) => run.hidden[point]?.has(object))) continue;
    const typename = readTypename(run, object);
    if (typename === undefined) continue;
    if (typename !== lastTypename) {
      writer = writerFor(typename);
      lastTypename = typename;
      seen = new Map();
    }
    if (!writer?.write) continue;
    const identity = writer.identity?.(run, object);
    let place = identity === undefined ? undefined : seen.get(identity);
    if (place === undefined) {
      const text = writer.write(run, object, missing);
      if (missing.length === 0 && writer.omit.isUsual) {
        place = add(gathered, text, undefined);
        if (identity !== undefined) seen.set(identity, place);
      } else {
        const decision = writer.omit.decide(run, missing);
        if (!decision) {
          missing.length = 0;
          continue;
        }
        const write = decision.isItself ? writer.writeItself() : undefined;
        place = add(gathered, write?.(run, object, missing) ?? text, decision.omission);
        missing.length = 0;
      }
    }
    index.set(object, place);
    if (run.merged) for (const part of run.merged.get(object) ?? []) index.set(part, place);
    places += 1;
  }
  return places;
}

function add({ placeOf, texts, omissions }: Gathered, text: string, omission?: Omission): number {
  const key = omission ? `${omission.key} ${text}` : text;
  let place = placeOf.get(key);
  if (place === undefined) {
    placeOf.set(key, (place = texts.push(text) - 1));
    if (omission) omissions[place] = omission;
  }
  return place;
}
