import type { CachePolicy } from '../cache-policy.ts';
import type { RequestContext } from '../request.ts';

/** One GraphQL request to one subgraph, ready to be sent. */
export interface SubgraphRequest {
  /** Name in the supergraph, such as `orders`. */
  readonly subgraph: string;
  readonly kind: 'query' | 'mutation' | 'subscription';
  readonly operationName: string | undefined;
  /** The whole JSON request body: `{"query":…,"variables":…}`. Two requests with equal bodies ask the same. */
  readonly body: string;
  /** Root response names this fetch will fill, for messages, metrics and breakers per field. */
  readonly fields: readonly string[];
  /** Entities asked for, and for how many operations at once. Absent for a fetch from the root. */
  readonly batch?: { readonly representations: number; readonly operations: number };
}

/**
 * What a subgraph answered, checked to be a GraphQL response (spec October 2021, §7.1).
 * It may be shared between callers: never write to it.
 */
export interface SubgraphResponse {
  readonly data: JsonObject | null | undefined;
  readonly errors: readonly SubgraphResponseError[] | undefined;
  readonly extensions: JsonObject | undefined;
  /**
   * True when no string in it needs an escape to be JSON again: there was no backslash in the body, and JSON has no other
   * way to say such characters. Absent when that is not known.
   */
  readonly isPlain?: boolean;
  /** What its Cache-Control header permits. Absent: there was none. */
  readonly cache?: CachePolicy;
}

export interface SubgraphResponseError {
  readonly message: string;
  readonly path: readonly (string | number)[] | undefined;
  readonly extensions: JsonObject | undefined;
}

export interface JsonObject {
  readonly [key: string]: JsonValue;
}
export type JsonValue = string | number | boolean | null | readonly JsonValue[] | JsonObject;

/**
 * Sends a request to a subgraph.
 * @throws SubgraphError (errors.ts, as the FetchFailure of fetch-failure.ts) with a code and a message that may be shown to clients
 */
export type SubgraphFetch = (
  request: SubgraphRequest,
  context: RequestContext,
) => Promise<SubgraphResponse>;
