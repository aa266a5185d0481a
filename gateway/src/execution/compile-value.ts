import { isLeafType, isListType, isNonNullType, isObjectType } from 'graphql';
import type { GraphQLNamedOutputType, GraphQLOutputType } from 'graphql';
import type { JsonObject, JsonValue } from '../transport/subgraph-fetch.ts';
import { writeListInPieces } from './pieces.ts';
import { addError } from './report.ts';
import { isJsonObject, type Run } from './run.ts';
import type { TypeRelations } from './type-relations.ts';
import { writerOfLeaf } from './write-leaf.ts';

/**
 * Writes a value into the answer. Undefined means: there can be no value here, the parent must be null instead, and why
 * is among the run's errors (spec October 2021, §6.4.4). `run.path` is the path of the value.
 */
export type WriteValue = (run: Run, value: JsonValue | undefined) => string | undefined;

/** Writes an object of a composite type. */
export type WriteObject = (run: Run, object: JsonObject) => string | undefined;

export interface ValueScope {
  /** `Type.field`, for messages. */
  readonly coordinate: string;
  readonly types: TypeRelations;
  /** How to write the field's objects; not called for leaf types. */
  readonly writeObject: WriteObject;
}

/** Compiles the writing of one field's values. */
export function compileValue(type: GraphQLOutputType, scope: ValueScope): WriteValue {
  const { coordinate } = scope;
  if (isNonNullType(type)) {
    const write = compilePresent(type.ofType, scope);
    return (run, value) => {
      const text = value === null || value === undefined ? undefined : write(run, value);
      if (text !== undefined) return text;
      // Adds nothing where what made it null was reported already.
      addError(run, `Cannot return null for non-nullable field ${coordinate}.`);
      return undefined;
    };
  }
  const write = compilePresent(type, scope);
  return (run, value) =>
    value === null || value === undefined ? 'null' : (write(run, value) ?? 'null');
}

type WritePresent = (run: Run, value: JsonValue) => string | undefined;

function compilePresent(type: GraphQLOutputType, scope: ValueScope): WritePresent {
  const { coordinate, types, writeObject } = scope;
  if (isListType(type)) {
    return compileList(compileValue(type.ofType, scope), coordinate);
  }
  const named = type as GraphQLNamedOutputType;
  if (isLeafType(named)) {
    const write = writerOfLeaf(named);
    return (run, value) => {
      const text = write(value, run.isPlain);
      // A value that exists but is @inaccessible to clients is nothing to report: the message would tell of it.
      if (text !== undefined) return text;
      const isHidden = typeof value === 'string' && types.isEnumValue(named.name, value);
      if (!isHidden) addError(run, `A subgraph answered no ${named.name} for ${coordinate}.`);
      return undefined;
    };
  }
  const kind = isObjectType(named) ? named.name : 'object';
  return (run, value) => {
    if (isJsonObject(value)) return writeObject(run, value);
    addError(run, `A subgraph answered no ${kind} for ${coordinate}.`);
    return undefined;
  };
}

function compileList(writeItem: WriteValue, coordinate: string): WritePresent {
  return (run, value) => {
    if (!Array.isArray(value)) {
      addError(run, `A subgraph answered no list for ${coordinate}.`);
      return undefined;
    }
    run.itemsLeft -= value.length;
    if (run.itemsLeft < 0) return writeListInPieces(run, value as JsonValue[], writeItem);
    const { path } = run;
    const depth = path.length;
    let text = '[';
    for (let at = 0; at < value.length; at += 1) {
      path[depth] = at;
      const item = writeItem(run, value[at] as JsonValue);
      if (item === undefined) {
        path.length = depth;
        return undefined;
      }
      text += at === 0 ? item : `,${item}`;
    }
    path.length = depth;
    return `${text}]`;
  };
}
