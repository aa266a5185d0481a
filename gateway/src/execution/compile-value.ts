import { isLeafType, isListType, isNonNullType, isObjectType } from 'graphql';
import type { GraphQLNamedOutputType, GraphQLOutputType } from 'graphql';
import type { JsonObject, JsonValue } from '../transport/subgraph-fetch.ts';
import { addError } from './report.ts';
import { isJsonObject, type Run } from './run.ts';
import { writerOfLeaf } from './write-leaf.ts';

/**
 * Writes a value into the answer. Undefined means: there can be no value here, the parent must be null instead, and why
 * is among the run's errors (spec October 2021, §6.4.4). `run.path` is the path of the value.
 */
export type WriteValue = (run: Run, value: JsonValue | undefined) => string | undefined;

/** Writes an object of a composite type. */
export type WriteObject = (run: Run, object: JsonObject) => string | undefined;

/**
 * Compiles the writing of one field's values.
 * @param coordinate `Type.field`, for messages
 * @param writeObject how to write its objects; not called for leaf types
 */
export function compileValue(
  type: GraphQLOutputType,
  coordinate: string,
  writeObject: WriteObject,
): WriteValue {
  if (isNonNullType(type)) {
    const write = compilePresent(type.ofType, coordinate, writeObject);
    return (run, value) => {
      if (value !== null && value !== undefined) return write(run, value);
      addError(run, `Cannot return null for non-nullable field ${coordinate}.`);
      return undefined;
    };
  }
  const write = compilePresent(type, coordinate, writeObject);
  return (run, value) =>
    value === null || value === undefined ? 'null' : (write(run, value) ?? 'null');
}

type WritePresent = (run: Run, value: JsonValue) => string | undefined;

function compilePresent(
  type: GraphQLOutputType,
  coordinate: string,
  writeObject: WriteObject,
): WritePresent {
  if (isListType(type)) {
    return compileList(compileValue(type.ofType, coordinate, writeObject), coordinate);
  }
  const named = type as GraphQLNamedOutputType;
  if (isLeafType(named)) {
    const write = writerOfLeaf(named);
    return (run, value) => {
      const text = write(value);
      if (text === undefined)
        addError(run, `A subgraph answered no ${named.name} for ${coordinate}.`);
      return text;
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
