import type { FetchStep, RequiredField, RequiredSelection } from '../planning/plan.ts';
import type { JsonObject, JsonValue } from '../transport/subgraph-fetch.ts';
import { collectObjects, collectShown } from './collect-objects.ts';
import { findIdentity } from './identity-field.ts';
import type { Position, PositionTree, Source } from './position.ts';
import { compileRead, compileReadTypename, type ReadField } from './read-field.ts';
import { isJsonObject, type Run } from './run.ts';
import type { TypeRelations } from './type-relations.ts';
import { writeJsonWithin, writeString } from './write-json.ts';

/** Writes what a subgraph needs to know which entity is meant, as JSON. Undefined when that cannot be told. */
type WriteRepresentation = (run: Run, object: JsonObject) => string | undefined;

/** Representations gathered from one or more steps, each once, and which object has which. */
export interface Gathered {
  /** Representation as JSON → its place among all. */
  readonly placeOf: Map<string, number>;
  readonly index: Map<JsonObject, number>;
}

/** Adds the representations of a step's objects. Returns how many objects have one. */
export type GatherRepresentations = (run: Run, gathered: Gathered) => number;

/** Compiles gathering the representations of an entity step. */
export function compileRepresentations(
  step: FetchStep,
  position: Position,
  { types, skips, clientOnly }: PositionTree,
): GatherRepresentations {
  const skipped = skips.get(step.id);
  const collect = clientOnly.has(step.id) ? collectShown : collectObjects;
  const readTypename = compileReadTypename(position, types);
  const scope: Scope = { types, step, path: [] };
  const writers = new Map<string, TypedWriter>();
  const writerFor = (typename: string): TypedWriter => {
    let writer = writers.get(typename);
    if (!writer) {
      // Whatever a subgraph invents is not remembered.
      if (!types.isKnown(typename)) return { write: undefined, identity: undefined };
      const parts = partsFor(step.requires ?? [], typename, position, scope);
      const identity = findIdentity(position, typename, types);
      writer = { write: parts.length > 0 ? writeParts(parts) : undefined, identity };
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
  /** A field that decides the whole representation, if there is one: cheaper to compare than the text. */
  readonly identity: ReadField | undefined;
}

interface ByType {
  readonly readTypename: (run: Run, object: JsonObject) => string | undefined;
  readonly writerFor: (typename: string) => TypedWriter;
  /** Guard points: who may show none of them is not named to the subgraph. */
  readonly skipped: readonly number[] | undefined;
}

function gather(
  run: Run,
  objects: readonly JsonObject[],
  { placeOf, index }: Gathered,
  { readTypename, writerFor, skipped }: ByType,
): number {
  let places = 0;
  let lastTypename: string | undefined;
  let writer: TypedWriter | undefined;
  let seen = new Map<JsonValue | undefined, number>();
  for (const object of objects) {
    if (skipped?.every((point) => run.hidden[point]?.has(object))) continue;
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
      const text = writer.write(run, object);
      if (text === undefined) continue;
      place = placeOf.get(text);
      if (place === undefined) placeOf.set(text, (place = placeOf.size));
      if (identity !== undefined) seen.set(identity, place);
    }
    index.set(object, place);
    if (run.merged) for (const part of run.merged.get(object) ?? []) index.set(part, place);
    places += 1;
  }
  return places;
}

interface Scope {
  readonly types: TypeRelations;
  readonly step: FetchStep;
  /** Field names from the representation down to here. */
  readonly path: readonly string[];
}

interface Part {
  /** Key and colon, as JSON. */
  readonly prefix: string;
  write(run: Run, object: JsonObject): string | undefined;
  /** Whether nobody was asked for the field: `@skip` and `@include` left out what requires it as well. */
  isLeftOut(run: Run): boolean;
}

/** Compiles the writing of an object inside a representation. */
function compileObject(
  selections: readonly RequiredSelection[],
  position: Position,
  scope: Scope,
): WriteRepresentation {
  const readTypename = compileReadTypename(position, scope.types);
  const writers = new Map<string | undefined, WriteRepresentation>();
  return (run, object) => {
    // Where only one type can stand no subgraph was asked for it.
    const told = readTypename(run, object);
    const typename = told !== undefined && scope.types.isKnown(told) ? told : undefined;
    let write = writers.get(typename);
    if (!write) {
      write = writeParts(partsFor(selections, typename, position, scope));
      writers.set(typename, write);
    }
    return write(run, object);
  };
}

function writeParts(parts: readonly Part[]): WriteRepresentation {
  return (run, object) => {
    let text = '{';
    for (const part of parts) {
      const value = part.write(run, object);
      if (value !== undefined) text += (text === '{' ? '' : ',') + part.prefix + value;
      else if (!part.isLeftOut(run)) return undefined;
    }
    return `${text}}`;
  };
}

function partsFor(
  selections: readonly RequiredSelection[],
  typename: string | undefined,
  position: Position,
  scope: Scope,
): Part[] {
  const fields = new Map<string, RequiredField>();
  const add = (level: readonly RequiredSelection[]): void => {
    for (const selection of level) {
      if (selection.kind === 'fragment') {
        const { on } = selection;
        if (on === undefined || typename === undefined || scope.types.fits(on, typename)) {
          add(selection.selections);
        }
      } else {
        const known = fields.get(selection.writtenAs)?.selections ?? [];
        const selections = selection.selections && [...known, ...selection.selections];
        fields.set(selection.writtenAs, { ...selection, selections });
      }
    }
  };
  add(selections);
  return [...fields].map(([name, field]) => ({
    prefix: `${writeString(name)}:`,
    write: compileField(field, typename, position, scope),
    isLeftOut: compileIsLeftOut(position.sources(field.name, typename)),
  }));
}

function compileIsLeftOut(sources: readonly Source[]): Part['isLeftOut'] {
  const ways = sources.flatMap((source) => source.ways);
  return ({ variables }) =>
    ways.length > 0 &&
    ways.every((way) => way.some(({ variable, equals }) => variables[variable] !== equals));
}

function compileField(
  field: RequiredField,
  typename: string | undefined,
  position: Position,
  scope: Scope,
): Part['write'] {
  const read = compileRead(position.sources(field.name, typename));
  if (field.name === '__typename' && typename !== undefined) {
    const written = writeString(rewrittenTypename(typename, scope));
    return () => written;
  }
  if (!field.selections) {
    return (run, object) => {
      const value = read(run, object);
      return value === undefined ? undefined : writeJsonWithin(value);
    };
  }
  const path = [...scope.path, field.writtenAs];
  const write = compileObject(field.selections, position.child(field.name), { ...scope, path });
  return compileComposite(read, write);
}

function compileComposite(read: ReadField, write: WriteRepresentation): Part['write'] {
  const writeValue = (run: Run, value: JsonValue | undefined): string | undefined => {
    if (value === undefined) return undefined;
    if (Array.isArray(value)) {
      const items: string[] = [];
      for (const item of value) {
        const text = writeValue(run, item);
        if (text === undefined) return undefined;
        items.push(text);
      }
      return `[${items.join(',')}]`;
    }
    return isJsonObject(value) ? write(run, value) : 'null';
  };
  return (run, object) => writeValue(run, read(run, object));
}

function rewrittenTypename(typename: string, { types, step, path }: Scope): string {
  for (const rewrite of step.typenames) {
    const conditions = rewrite.path.filter((element) => element.startsWith('... on '));
    const fields = rewrite.path.filter((element) => !element.startsWith('... on '));
    const fits = conditions.every((each) => types.fits(each.slice('... on '.length), typename));
    if (fits && fields.join('.') === path.join('.')) return rewrite.typename;
  }
  return typename;
}
