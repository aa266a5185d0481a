import type { Kysely } from 'kysely';
import type { RuleTree } from './authorize.ts';
import type { FillTables } from './database/seed.ts';
import type { RequestScope } from './request-scope.ts';
import type { ResolverMap } from './schema-problems.ts';

/** A service that keeps its data in PostgreSQL, as described by itself: what runs it and what tests it start from this. */
export interface Subgraph<Tables, Context extends RequestScope = RequestScope> {
  /** Its name in supergraph.yaml; also the name of its database schema and the prefix of its settings. */
  readonly name: string;
  /** The service's own folder: holds schema.graphql and migrations/. */
  readonly folder: URL;
  /** Where it listens unless told otherwise. */
  readonly defaultPort: number;
  readonly resolvers: ResolverMap;
  /** The service's own rules, behind those of the gateway. */
  readonly rules?: RuleTree;
  /** Makes the context of one request: its loaders above all. */
  readonly createContext: (request: RequestScope, database: Kysely<Tables>) => Context;
  /** Fills empty tables with data to try things on; always the same. */
  readonly seed?: FillTables;
}

/** Describes a service; what it is made of is checked when it starts. */
export function defineSubgraph<Tables, Context extends RequestScope>(
  subgraph: Subgraph<Tables, Context>,
): Subgraph<Tables, Context> {
  return subgraph;
}
