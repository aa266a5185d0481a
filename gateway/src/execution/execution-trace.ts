/**
 * What one run did, for the query-plan view. Filled by the engine when the caller passes one; an absent trace costs nothing.
 * All moments are milliseconds since the run began.
 */
export interface ExecutionTrace {
  readonly steps: FetchTrace[];
  durationMs: number;
  responseBytes: number;
}

/** One request to a subgraph. */
export interface FetchTrace {
  /** Its number in the printed plan. */
  readonly number: number;
  readonly subgraph: string;
  readonly wave: number;
  readonly startMs: number;
  readonly endMs: number;
  /** How many entities were asked for, before and after dropping duplicates. Null for a root fetch. */
  readonly entities: { readonly places: number; readonly representations: number } | null;
  readonly requestBytes: number;
  /** Data and errors that came back, without the rest of the answer; of a batch that is everybody's. 0 when nothing came. */
  readonly responseBytes: number;
  /** Errors the subgraph reported, or 1 for a request that failed as a whole. */
  readonly errors: number;
  /** How the answer came: by an own request, shared with an identical one, or batched with others' entities. */
  readonly delivery: 'sent' | 'shared' | 'batched';
}

/** Makes an empty trace to pass to `Executable.execute`. */
export function createExecutionTrace(): ExecutionTrace {
  return { steps: [], durationMs: 0, responseBytes: 0 };
}
