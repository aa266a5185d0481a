import { AsyncLocalStorage } from 'node:async_hooks';
import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import {
  defaultFieldResolver,
  isInterfaceType,
  isObjectType,
  type GraphQLField,
  type GraphQLResolveInfo,
  type GraphQLSchema,
  type ResponsePath,
} from 'graphql';
import { statementChannelName, type Statement } from '../database/statements.ts';
import { shapeOf } from './statement-shape.ts';

/** A place in an operation: every object at the same path, whatever its index in a list, is at the same place. */
export interface Place {
  /** The resolver at work: `User.addresses`, or `User.__resolveReference`. */
  readonly resolver: string;
  /** `_entities.addresses`. */
  readonly path: string;
}

/** What one place did while one operation ran. */
export interface PlaceRecord {
  readonly place: Place;
  calls: number;
  /** How often it sent each statement, by its shape. */
  readonly statements: Map<string, number>;
}

/** Which places sent how many statements. Those of no resolver, such as of a context, have a place of their own. */
export type StatementRecord = ReadonlyMap<string, PlaceRecord>;

const outside: Place = { resolver: 'outside any resolver', path: '(context)' };

type ResolveReference = (reference: unknown, context: unknown, info: GraphQLResolveInfo) => unknown;

/**
 * Counts the statements that are sent in this process while an operation runs, and finds the resolver that sent each:
 * the asynchronous context of a statement is that of the resolver whose load was first in its batch.
 */
export class StatementRecorder {
  readonly #places = new AsyncLocalStorage<Place>();
  #records = new Map<string, PlaceRecord>();

  /** Makes every resolver of a schema known, in place. */
  observe(schema: GraphQLSchema): GraphQLSchema {
    for (const type of Object.values(schema.getTypeMap())) {
      if (!isObjectType(type) && !isInterfaceType(type)) continue;
      if (type.name.startsWith('__')) continue;
      this.#observeReference(type.name, type.extensions as { apollo?: ApolloExtensions });
      if (!isObjectType(type)) continue;
      for (const field of Object.values(type.getFields())) this.#observeField(type.name, field);
    }
    return schema;
  }

  /** Runs a task and returns what was recorded meanwhile. One at a time. */
  async record(task: () => Promise<void>): Promise<StatementRecord> {
    this.#records = new Map();
    const listener = (message: unknown): void => this.#count(message as Statement);
    subscribe(statementChannelName, listener);
    try {
      await task();
    } finally {
      unsubscribe(statementChannelName, listener);
    }
    return this.#records;
  }

  #observeField(typeName: string, field: GraphQLField<unknown, unknown>): void {
    const resolve = field.resolve ?? defaultFieldResolver;
    field.resolve = (parent, fieldArguments, context, info) =>
      this.#at({ resolver: `${typeName}.${field.name}`, path: describePath(info.path) }, () =>
        resolve(parent, fieldArguments, context, info),
      );
  }

  #observeReference(typeName: string, { apollo }: { apollo?: ApolloExtensions }): void {
    const subgraph = apollo?.subgraph;
    if (!subgraph?.resolveReference) return;
    const resolve = subgraph.resolveReference;
    subgraph.resolveReference = (reference, context, info) =>
      this.#at({ resolver: `${typeName}.__resolveReference`, path: describePath(info.path) }, () =>
        resolve(reference, context, info),
      );
  }

  #at<Result>(place: Place, run: () => Result): Result {
    this.#recordOf(place).calls += 1;
    return this.#places.run(place, run);
  }

  #count({ sql }: Statement): void {
    const { statements } = this.#recordOf(this.#places.getStore() ?? outside);
    const shape = shapeOf(sql);
    statements.set(shape, (statements.get(shape) ?? 0) + 1);
  }

  #recordOf(place: Place): PlaceRecord {
    const name = `${place.path} ${place.resolver}`;
    let record = this.#records.get(name);
    if (!record) this.#records.set(name, (record = { place, calls: 0, statements: new Map() }));
    return record;
  }
}

/** Where @apollo/subgraph keeps `__resolveReference`. */
interface ApolloExtensions {
  subgraph?: { resolveReference?: ResolveReference };
}

function describePath(path: ResponsePath | undefined): string {
  const names: string[] = [];
  for (let step = path; step; step = step.prev) {
    if (typeof step.key === 'string') names.unshift(step.key);
  }
  return names.join('.');
}
