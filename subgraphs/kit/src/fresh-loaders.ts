import type DataLoader from 'dataloader';
import { defaultFieldResolver, type GraphQLSchema } from 'graphql';
import type { RequestScope } from './request-scope.ts';

/** The loaders of each request, by its signal: the part of a scope that a context made from it shares. */
const loadersByRequest = new WeakMap<AbortSignal, Set<DataLoader<never, unknown, never>>>();

/** Remembers a loader as one that a mutation of its request must empty. */
export function registerLoader<Key, Value, CacheKey>(
  { signal }: RequestScope,
  loader: DataLoader<Key, Value, CacheKey>,
): void {
  const loaders = loadersByRequest.get(signal) ?? new Set();
  loaders.add(loader as unknown as DataLoader<never, unknown, never>);
  loadersByRequest.set(signal, loaders);
}

function clearLoaders({ signal }: RequestScope): void {
  for (const loader of loadersByRequest.get(signal) ?? []) loader.clearAll();
}

/**
 * Makes every root mutation field start and end with empty loaders: what it, and what its payload, reads is what stands
 * in the database then. The fields run one after another (GraphQL specification §6.2.2), so none takes from another.
 */
export function refreshLoadersByMutations(schema: GraphQLSchema): GraphQLSchema {
  for (const field of Object.values(schema.getMutationType()?.getFields() ?? {})) {
    const resolve = field.resolve ?? defaultFieldResolver;
    field.resolve = async (parent, fieldArguments, context: RequestScope, info) => {
      clearLoaders(context);
      try {
        return await resolve(parent, fieldArguments, context, info);
      } finally {
        clearLoaders(context);
      }
    };
  }
  return schema;
}
