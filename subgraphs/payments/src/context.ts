import type { RequestScope } from '@trellis/kit/request-scope';
import type { Kysely } from 'kysely';
import { fakeProvider } from './fake-provider.ts';
import { createLoaders, type Loaders } from './loaders.ts';
import type { PaymentProvider } from './payment-provider.ts';
import type { Tables } from './tables.ts';

/** What every resolver of this service may use. */
export interface Context extends RequestScope {
  readonly database: Kysely<Tables>;
  readonly load: Loaders;
  readonly provider: PaymentProvider;
}

export function createContext(request: RequestScope, database: Kysely<Tables>): Context {
  return { ...request, database, load: createLoaders(request, database), provider: fakeProvider };
}
