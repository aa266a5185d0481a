import {
  isAbstractType,
  isCompositeType,
  isInterfaceType,
  isNonNullType,
  isObjectType,
  getNamedType,
} from 'graphql';
import type {
  FieldNode,
  GraphQLAbstractType,
  GraphQLCompositeType,
  GraphQLField,
  GraphQLInterfaceType,
  GraphQLObjectType,
  SelectionSetNode,
} from 'graphql';
import { collectFields, needsObjectType } from './collect-fields.ts';
import { compileValue, type WriteObject, type WriteValue } from './compile-value.ts';
import { findWholeMemo } from './memo.ts';
import { objectWriter, withWholeMemo, type FieldWriter } from './object-writer.ts';
import { oneByte } from '../one-byte.ts';
import { atPlace, type Position } from './position.ts';
import { compileRead, compileReadTypename } from './read-field.ts';
import { guardField, guardObject } from './guard-field.ts';
import type { ProjectionScope } from './projection-scope.ts';
import { isRuled, removedAs, writeDenial } from './removed-fields.ts';
import { addError } from './report.ts';
import { writeJson } from './write-json.ts';

interface Place {
  readonly position: Position;
  readonly sets: readonly SelectionSetNode[];
}

/** Compiles the writing of an operation's root object. Undefined from it means `"data":null`. */
export function compileProjection(
  type: GraphQLObjectType,
  set: SelectionSetNode,
  position: Position,
  scope: ProjectionScope,
): WriteObject {
  return compileObjectType(type, { position, sets: [set] }, scope);
}

function compileComposite(
  type: GraphQLCompositeType,
  place: Place,
  scope: ProjectionScope,
): WriteObject {
  if (isObjectType(type)) return lazily(() => compileObjectType(type, place, scope));
  const readTypename = compileReadTypename(place.position, scope.types);
  const byTypename = new Map<string, WriteObject>();
  return (run, object) => {
    // A subgraph that knows the type as an object type is not asked for its name when nobody needs it.
    const typename = readTypename(run, object) ?? type.name;
    let write = byTypename.get(typename);
    if (!write) {
      write = compileRuntimeType(typename, type, place, scope);
      if (byTypename.size < maxRuntimeTypes) byTypename.set(typename, write);
    }
    return write(run, object);
  };
}

/** Names that subgraphs give their objects are not ours to trust: no more are remembered. */
const maxRuntimeTypes = 1_000;

function compileRuntimeType(
  typename: string,
  type: GraphQLAbstractType,
  place: Place,
  scope: ProjectionScope,
): WriteObject {
  const runtimeType = scope.schema.getType(typename);
  if (isObjectType(runtimeType) && scope.schema.isSubType(type, runtimeType)) {
    return compileObjectType(runtimeType, place, scope);
  }
  // @interfaceObject: the subgraph knows the interface only. That is enough where nobody asks for more.
  if (
    isInterfaceType(runtimeType) &&
    isInterfaceType(type) &&
    (runtimeType === type || scope.schema.isSubType(type, runtimeType))
  ) {
    if (!needsObjectType(runtimeType, place.sets, scope) && !isRuled(runtimeType, scope)) {
      return compileObjectType(runtimeType, place, scope);
    }
  }
  return (run) => {
    // The name stays out of the message: it may be that of an @inaccessible type, which is nothing to report.
    const isHidden = scope.types.isObjectType(typename) && !scope.schema.getType(typename);
    if (!isHidden) {
      addError(run, `A subgraph answered an object that is no ${type.name}.`);
    }
    return undefined;
  };
}

/** Compiles at first use: of a wide union most types never come. */
function lazily(compile: () => WriteObject): WriteObject {
  let write: WriteObject | undefined;
  return (run, object) => (write ??= compile())(run, object);
}

function compileObjectType(
  type: GraphQLObjectType | GraphQLInterfaceType,
  place: Place,
  scope: ProjectionScope,
): WriteObject {
  const collected = collectFields(type, place.sets, scope);
  const fields = [...collected].map(([responseName, nodes], at) => {
    const prefix = oneByte(`${at === 0 ? '' : ','}"${responseName}":`);
    return compileField({ type, responseName, nodes, prefix }, place, scope);
  });
  const write = objectWriter(fields.map(({ field }) => field));
  const memo = findWholeMemo(type.name, fields, place.position, scope);
  const shown = memo ? withWholeMemo(write, memo) : write;
  const points = fields.flatMap(({ point }) => point ?? []);
  if (points.length === 0) return shown;
  return guardObject(points, {
    shown,
    hidden: objectWriter(fields.map(({ field, guarded }) => guarded ?? field)),
  });
}

interface Field {
  readonly type: GraphQLObjectType | GraphQLInterfaceType;
  readonly responseName: string;
  readonly nodes: readonly FieldNode[];
  readonly prefix: string;
}

/** A field's writer, and what decides whether objects can be written once. */
interface CompiledField {
  readonly field: FieldWriter;
  /** Its writer for objects that may not show one of their fields. Undefined: the same. */
  readonly guarded: FieldWriter | undefined;
  /** Whether step and data name alone say what is read, also where a rule may hide it. */
  readonly isDirect: boolean;
  /** The point where it is guarded. */
  readonly point: number | undefined;
}

function compileField(field: Field, place: Place, scope: ProjectionScope): CompiledField {
  const { type, responseName, nodes, prefix } = field;
  const [node] = nodes;
  const name = node?.name.value ?? '';
  const constant = (write: WriteValue): CompiledField => ({
    field: { prefix, step: atPlace, dataName: '', read: () => undefined, memo: -1, write },
    guarded: undefined,
    isDirect: false,
    point: undefined,
  });
  if (name === '__typename') {
    const text = `"${type.name}"`;
    return constant(() => text);
  }
  if (name === '__schema' || name === '__type') {
    return constant((run) => writeJson(run.introspection?.[responseName]));
  }
  const definition = type.getFields()[name];
  if (!node || !definition) return constant(() => 'null');
  const coordinate = `${type.name}.${name}`;
  const denialKey = removedAs(field, place.position, scope);
  if (denialKey !== undefined) {
    return constant(writeDenial(responseName, denialKey, isNonNullType(definition.type)));
  }
  const internalName = scope.names.of(node);
  const sources = place.position.sources(internalName, type.name);
  const [only] = sources;
  if (!only)
    return constant(named(responseName, withoutSource(definition, coordinate, place, scope)));
  const isDirect = sources.length === 1 && !(only.dataName in Object.prototype);
  const namedType = getNamedType(definition.type);
  const isComposite = isCompositeType(namedType);
  const point = scope.points.get(`${place.position.id} ${internalName}`);
  const write = named(responseName, compileFieldValue(field, definition, place, scope));
  const { step, dataName } = only;
  const read = isDirect ? undefined : compileRead(sources);
  const memo = isDirect && isComposite && step !== atPlace ? scope.memos.count++ : -1;
  // One shape, made in one place: the writer reads these for every value (spread costs it a tenth).
  const own: FieldWriter = { prefix, step, dataName, read, memo, write };
  if (point === undefined || !scope.guarded.has(coordinate)) {
    return { field: own, guarded: undefined, isDirect, point: undefined };
  }
  const isNonNull = isNonNullType(definition.type);
  const asked = guardField(point, compileRead(sources), { responseName, isNonNull, write });
  return { field: own, guarded: { ...own, ...asked, memo: -1 }, isDirect, point };
}

function compileFieldValue(
  { type, nodes }: Field,
  definition: GraphQLField<unknown, unknown>,
  place: Place,
  scope: ProjectionScope,
): WriteValue {
  const coordinate = `${type.name}.${definition.name}`;
  const namedType = getNamedType(definition.type);
  const [node] = nodes;
  const composite = isAbstractType(namedType) || isObjectType(namedType) ? namedType : undefined;
  if (!composite || !node)
    return compileValue(definition.type, { coordinate, types: scope.types, writeObject: noObject });
  const child: Place = {
    position: place.position.child(scope.names.of(node)),
    sets: nodes.flatMap(({ selectionSet }) => selectionSet ?? []),
  };
  return compileValue(definition.type, {
    coordinate,
    types: scope.types,
    writeObject: compileComposite(composite, child, scope),
  });
}

/**
 * A field that no fetch brings. At the root that is a hole in the plan, and silence would look like a subgraph's null.
 * Further down the planner knows that no subgraph on the way has the type.
 */
function withoutSource(
  definition: GraphQLField<unknown, unknown>,
  coordinate: string,
  place: Place,
  scope: ProjectionScope,
): WriteValue {
  const write = compileValue(definition.type, {
    coordinate,
    types: scope.types,
    writeObject: noObject,
  });
  if (place.position.parent) return (run) => write(run, undefined);
  return (run) => {
    addError(run, `No subgraph can be asked for ${coordinate} here.`);
    return write(run, undefined);
  };
}

function noObject(): undefined {
  return undefined;
}

/** Puts the response name on the path while a value is written. */
function named(responseName: string, write: WriteValue): WriteValue {
  return (run, value) => {
    run.path.push(responseName);
    const text = write(run, value);
    run.path.pop();
    return text;
  };
}
