import type { RequestScope } from '@trellis/kit/request-scope';
import type { Kysely } from 'kysely';
import { createLoaders, type Loaders } from './loaders.ts';
import type { Tables } from './tables.ts';

/** What every resolver of this service may use. */
export interface Context extends RequestScope {
  readonly database: Kysely<Tables>;
  readonly load: Loaders;
}

export function createContext(request: RequestScope, database: Kysely<Tables>): Context {
  return { ...request, database, load: createLoaders(request, database) };
}
