import type { Answer, PermittedOperation, RequestContext } from '../request.ts';
import type { SubgraphFetch } from '../transport/subgraph-fetch.ts';
import type { ExecutionTrace } from './execution-trace.ts';

/** Coerced variables (spec October 2021, §6.1.2): JSON values, defaults filled in, unprovided ones absent. */
export type CoercedVariables = Readonly<Record<string, unknown>>;

/** Turns permitted operations into something that can be run. `trellis-engine.ts` and `apollo-engine.ts` are the two. */
export interface Engine {
  /**
   * Plans an operation and compiles its execution; answered from a cache where possible, one build per key however
   * many callers wait.
   * @throws GatewayError when the operation cannot be planned in time or at all
   */
  plan(permitted: PermittedOperation): Executable | Promise<Executable>;

  /** The most used operations of this engine, hottest first: what a successor should have ready. */
  hottest?(count: number): readonly PermittedOperation[];

  /** Plans these operations in the background, one after the other. Failures are dropped: the request will show them. */
  warm?(operations: readonly PermittedOperation[]): Promise<void>;

  /** How much is kept. */
  cacheSize?(): { readonly entries: number; readonly bytes: number };

  /** Releases threads. Operations under way still finish. */
  close?(): Promise<void>;
}

/** A compiled operation. Shared by all requests; holds nothing of any of them. */
export interface Executable {
  /**
   * Runs the operation for one caller. Failures of subgraphs are errors inside the answer.
   * @param fetch what every subgraph request goes through
   * @throws GatewayError when the caller's deadline or signal ends the whole request
   */
  execute(
    variables: CoercedVariables,
    context: RequestContext,
    fetch: SubgraphFetch,
    trace?: ExecutionTrace,
  ): Promise<Answer>;

  /** Requests to subgraphs the plan may take, and how many waves they come in. Unknown to stock Apollo's. */
  readonly size?: { readonly fetches: number; readonly waves: number };

  /** The plan as indented text for people: docs/engine.md explains how to read it. */
  readonly printedPlan?: string;
}
