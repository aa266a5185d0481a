import type { DocumentNode, OperationDefinitionNode } from 'graphql';
import type { z } from 'zod';
import type { Snapshot } from '../../supergraph/snapshot.ts';
import type { operationOptions } from '../options.ts';
import type { OperationCaching } from '../prepared-operation.ts';
import { compileCaching } from './compile-caching.ts';
import { readCacheHints, type CacheHints } from './read-cache-hints.ts';

export type CachingSettings = z.output<typeof operationOptions>['cacheHints'];

export interface CachingCompiler {
  /**
   * Gives an operation what the supergraph's `@cacheControl` says of its answers.
   * @returns nothing where the supergraph has no hints, or the operation is no query
   */
  cachingOf(
    document: DocumentNode,
    operation: OperationDefinitionNode,
    snapshot: Snapshot,
  ): OperationCaching | undefined;
  /** Reads the hints of a supergraph before anybody asks. */
  open(snapshot: Snapshot): void;
}

export function createCachingCompiler({ defaultMaxAgeSeconds }: CachingSettings): CachingCompiler {
  const read = new WeakMap<Snapshot, { readonly hints: CacheHints | undefined }>();

  function hintsOf(snapshot: Snapshot): CacheHints | undefined {
    let known = read.get(snapshot);
    if (!known) {
      known = { hints: readCacheHints(snapshot.sdl ?? '', snapshot.apiSchema, snapshot.document) };
      read.set(snapshot, known);
    }
    return known.hints;
  }

  return {
    open: (snapshot) => void hintsOf(snapshot),
    cachingOf(document, operation, snapshot) {
      if (operation.operation !== 'query') return undefined;
      const hints = hintsOf(snapshot);
      const schema = snapshot.apiSchema;
      return hints && compileCaching({ document, operation, schema, hints, defaultMaxAgeSeconds });
    },
  };
}
