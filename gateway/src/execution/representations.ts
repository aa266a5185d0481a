import type { FetchStep, RequiredField, RequiredSelection } from '../planning/plan.ts';
import type { JsonObject, JsonValue } from '../transport/subgraph-fetch.ts';
import { collectObjects } from './collect-objects.ts';
import type { Position } from './position.ts';
import { compileRead, compileReadTypename, type ReadField } from './read-field.ts';
import { isJsonObject, type Run } from './run.ts';
import type { TypeRelations } from './type-relations.ts';
import { writeJson, writeString } from './write-json.ts';

/** Writes what a subgraph needs to know which entity is meant, as JSON. Undefined when that cannot be told. */
type WriteRepresentation = (run: Run, object: JsonObject) => string | undefined;

/** The representations of one step for one run. */
export interface Representations {
  readonly objects: readonly JsonObject[];
  /** By object: its representation as JSON; undefined where there is none to send. */
  readonly texts: readonly (string | undefined)[];
}

/** Compiles collecting the representations of an entity step. */
export function compileRepresentations(
  step: FetchStep,
  position: Position,
  types: TypeRelations,
): (run: Run) => Representations {
  const write = compileObject(step.requires ?? [], position, { types, step, path: [] });
  return (run) => {
    const objects = collectObjects(run, position);
    return { objects, texts: objects.map((object) => write(run, object)) };
  };
}

interface Scope {
  readonly types: TypeRelations;
  readonly step: FetchStep;
  /** Field names from the representation down to here. */
  readonly path: readonly string[];
}

interface Part {
  /** The key and colon, with a comma unless it is the first. */
  readonly prefix: string;
  write(run: Run, object: JsonObject): string | undefined;
}

function compileObject(
  selections: readonly RequiredSelection[],
  position: Position,
  scope: Scope,
): WriteRepresentation {
  const readTypename = compileReadTypename(position, scope.types);
  const byTypename = new Map<string, readonly Part[]>();
  // Inside a representation an object may stand at a place of one type only, where no subgraph was asked for it.
  const isRoot = scope.path.length === 0;
  return (run, object) => {
    const typename = readTypename(run, object);
    if (typename === undefined && isRoot) return undefined;
    const key = typename ?? '';
    let parts = byTypename.get(key);
    if (!parts) {
      parts = partsFor(selections, typename, position, scope);
      byTypename.set(key, parts);
    }
    if (parts.length === 0 && isRoot) return undefined;
    let text = '{';
    for (const part of parts) {
      const value = part.write(run, object);
      if (value === undefined) return undefined;
      text += part.prefix + value;
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
  return [...fields].map(([name, field], at) => ({
    prefix: `${at === 0 ? '' : ','}${writeString(name)}:`,
    write: compileField(field, typename, position, scope),
  }));
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
      return value === undefined ? undefined : writeJson(value);
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
