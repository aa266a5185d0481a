import type { FetchStep, RequiredField, RequiredSelection } from '../planning/plan.ts';
import type { JsonObject, JsonValue } from '../transport/subgraph-fetch.ts';
import type { Position } from './position.ts';
import { compileRead, compileReadTypename, type ReadField } from './read-field.ts';
import { isJsonObject, type Run } from './run.ts';
import type { TypeRelations } from './type-relations.ts';
import { writeJsonWithin, writeString } from './write-json.ts';

/**
 * Writes what a subgraph is told of an object, as JSON. What was not asked for of this object, or did not come, is left
 * out, and its path is added to `missing`.
 */
export type WriteRepresentation = (run: Run, object: JsonObject, missing: string[]) => string;

export interface RepresentationScope {
  readonly types: TypeRelations;
  readonly step: FetchStep;
  /** Field names from the representation down to here: as the subgraph knows them, and as the data has them. */
  readonly path: readonly string[];
  readonly dataPath: readonly string[];
}

interface Part {
  /** Key and colon, as JSON. */
  readonly prefix: string;
  /** Undefined when there is nothing to tell. */
  write(run: Run, object: JsonObject, missing: string[]): string | undefined;
}

/**
 * Compiles the writing of a type's representations at a position.
 * @param typename undefined where only one type can stand and no subgraph was asked for it
 * @returns undefined for types the selections tell nothing of
 */
export function compileRepresentation(
  selections: readonly RequiredSelection[],
  typename: string | undefined,
  position: Position,
  scope: RepresentationScope,
): WriteRepresentation | undefined {
  const fields = fieldsFor(selections, typename, scope.types);
  if (fields.length === 0) return undefined;
  const parts = fields.map((field): Part => ({
    prefix: `${writeString(field.writtenAs)}:`,
    write: compileField(field, typename, position, scope),
  }));
  return (run, object, missing) => {
    let text = '{';
    for (const part of parts) {
      const value = part.write(run, object, missing);
      if (value !== undefined) text += (text === '{' ? '' : ',') + part.prefix + value;
    }
    return `${text}}`;
  };
}

/** Compiles the writing of an object inside a representation. */
function compileObject(
  selections: readonly RequiredSelection[],
  position: Position,
  scope: RepresentationScope,
): WriteRepresentation {
  const readTypename = compileReadTypename(position, scope.types);
  const writers = new Map<string | undefined, WriteRepresentation>();
  return (run, object, missing) => {
    // Where only one type can stand no subgraph was asked for it.
    const told = readTypename(run, object);
    const typename = told !== undefined && scope.types.isKnown(told) ? told : undefined;
    let write = writers.get(typename);
    if (!write) {
      write = compileRepresentation(selections, typename, position, scope) ?? (() => '{}');
      writers.set(typename, write);
    }
    return write(run, object, missing);
  };
}

/** The fields that selections name for objects of a type, each once. */
function fieldsFor(
  selections: readonly RequiredSelection[],
  typename: string | undefined,
  types: TypeRelations,
): RequiredField[] {
  const fields = new Map<string, RequiredField>();
  const add = (level: readonly RequiredSelection[]): void => {
    for (const selection of level) {
      if (selection.kind === 'fragment') {
        const { on } = selection;
        if (on === undefined || typename === undefined || types.fits(on, typename)) {
          add(selection.selections);
        }
      } else {
        const known = fields.get(selection.writtenAs)?.selections ?? [];
        const inner = selection.selections && [...known, ...selection.selections];
        fields.set(selection.writtenAs, { ...selection, selections: inner });
      }
    }
  };
  add(selections);
  return [...fields.values()];
}

/** The leaves that selections name for objects of a type, as dotted paths in the data. Of inner objects: of any type. */
export function requiredPaths(
  selections: readonly RequiredSelection[],
  typename: string | undefined,
  types: TypeRelations,
): string[] {
  return fieldsFor(selections, typename, types).flatMap(({ name, selections: inner }) =>
    inner ? requiredPaths(inner, undefined, types).map((path) => `${name}.${path}`) : [name],
  );
}

function compileField(
  field: RequiredField,
  typename: string | undefined,
  position: Position,
  scope: RepresentationScope,
): Part['write'] {
  if (field.name === '__typename' && typename !== undefined) {
    const written = writeString(nameInRepresentation(typename, scope));
    return () => written;
  }
  const read = compileRead(position.sources(field.name, typename));
  const dataPath = [...scope.dataPath, field.name];
  const name = dataPath.join('.');
  if (!field.selections) {
    return (run, object, missing) => {
      const value = read(run, object);
      if (value !== undefined) return writeJsonWithin(value);
      missing.push(name);
      return undefined;
    };
  }
  const path = [...scope.path, field.writtenAs];
  const inner = { ...scope, path, dataPath };
  const write = compileObject(field.selections, position.child(field.name), inner);
  return compileComposite(read, write, name);
}

function compileComposite(
  read: ReadField,
  write: WriteRepresentation,
  name: string,
): Part['write'] {
  const writeValue = (run: Run, value: JsonValue, missing: string[]): string => {
    if (Array.isArray(value)) {
      const items = value.map((item: JsonValue) => writeValue(run, item, missing));
      return `[${items.join(',')}]`;
    }
    return isJsonObject(value) ? write(run, value, missing) : 'null';
  };
  return (run, object, missing) => {
    const value = read(run, object);
    if (value !== undefined) return writeValue(run, value, missing);
    missing.push(name);
    return undefined;
  };
}

/** What an object is called in a representation: its type, or the interface that is an object type there. */
export function nameInRepresentation(
  typename: string,
  { types, step, path }: Pick<RepresentationScope, 'types' | 'step' | 'path'>,
): string {
  for (const rewrite of step.typenames) {
    const conditions = rewrite.path.filter((element) => element.startsWith('... on '));
    const fields = rewrite.path.filter((element) => !element.startsWith('... on '));
    const fits = conditions.every((each) => types.fits(each.slice('... on '.length), typename));
    if (fits && fields.join('.') === path.join('.')) return rewrite.typename;
  }
  return typename;
}
