import { identityKey } from './identity-key.ts';
import type { RequestContext } from './request.ts';
import { neverPropagated } from './transport/headers.ts';
import { trafficFor, type SubgraphsOptions } from './transport/options.ts';
import { writeHeaderValues } from './write-header-values.ts';

/** Everything about a caller that can change an answer of this subgraph, or of any where none is named, as one string. */
export type CallerKey = (context: RequestContext, subgraph: string | undefined) => string;

/**
 * Returns the function that tells callers apart: by identity and by the headers that travel on. Work is shared
 * between callers only where their keys are equal.
 */
export function createCallerKey(subgraphs: Iterable<string>, options: SubgraphsOptions): CallerKey {
  const headersOf = new Map(
    [...subgraphs].map((name) => {
      const { propagateHeaders } = trafficFor(name, options);
      return [name, propagateHeaders.filter((header) => !neverPropagated.has(header))] as const;
    }),
  );
  const all = [...new Set([...headersOf.values()].flat())].sort();
  return function callerKey({ identity, headers }, subgraph) {
    const names = subgraph === undefined ? all : (headersOf.get(subgraph) ?? all);
    const key = identityKey(identity);
    if (names.length === 0) return key;
    return `${writeHeaderValues(names, headers)} ${key}`;
  };
}
