import type { GraphQLSchema } from 'graphql';
import type { EntityFacts } from '../planning/entity-needs.ts';
import type { OverrideLabels } from '../planning/override-labels.ts';
import type { Planner } from '../planning/planner.ts';
import type { RequestContext } from '../request.ts';
import type { PieceSize } from './pieces.ts';
import type { TypeRelations } from './type-relations.ts';
import type { NoteUnfitAnswer } from './unfit-answer.ts';

/** What `createTrellisEngine` (trellis-engine.ts) is made from. One engine per supergraph. */
export interface TrellisEngineInput {
  /** The supergraph's SDL as composition wrote it. */
  readonly sdl: string;
  /** The schema clients see, made from the same SDL. */
  readonly apiSchema: GraphQLSchema;
  readonly options?: TrellisEngineOptions;
  /** What plans for it, made ready before. Without it all of that is made at once, which takes long for large ones. */
  readonly planning?: EnginePlanning;
}

/** What an engine knows of its supergraph beside the schema that clients see. */
export interface EnginePlanning {
  readonly planner: Planner;
  readonly facts: EntityFacts;
  readonly labels: OverrideLabels;
  readonly types: TypeRelations;
  /** Names of the interfaces that some subgraph knows as an object type (`@interfaceObject`). */
  readonly interfaceObjects: ReadonlySet<string>;
}

export interface TrellisEngineOptions {
  /**
   * States that `@authenticated`, `@requiresScopes` and `@policy` are enforced outside the engine. Without it a
   * supergraph that uses them is refused: nothing in here looks at them.
   */
  readonly enforcesAccessDirectives?: boolean;

  /**
   * Everything about a caller that can change what a subgraph answers: identity and each propagated header, as one
   * string. Work is shared between callers only where it is equal. The default takes the identity and every header.
   */
  readonly callerKey?: (context: RequestContext, subgraph: string | undefined) => string;

  /** Subgraphs that answer everybody alike: their entities may be batched across identities. */
  readonly identityFreeSubgraphs?: readonly string[];

  /** Sends fetches of one wave to one subgraph as one request. Default true. */
  readonly mergeFetches?: boolean;
  /** Clients asking the same at the same time share one answer. Default true. */
  readonly shareOperations?: boolean;
  /** Entities asked for by different operations at the same time travel together. Default on. */
  readonly batchEntities?: boolean | EntityBatchingOptions;

  /**
   * Decides labels of `@override(label:)`. Undefined leaves `percent(…)` to chance and every other label to the old
   * subgraph.
   */
  readonly overrideLabel?: (label: string, context: RequestContext) => boolean | undefined;

  readonly planning?: PlanningOptions;

  /** Learns of answers that do not fit the schema or the question. */
  readonly noteUnfit?: NoteUnfitAnswer;

  /** How much of an answer is written in one turn of the event loop. */
  readonly pieceSize?: PieceSize;
}

export interface EntityBatchingOptions {
  /** Most representations in one `_entities` call. Default 500. */
  readonly maxBatchSize?: number;
  /** Longest wait for company while the subgraph is busy. An idle subgraph is asked at once. Default 2. */
  readonly maxWindowMs?: number;
}

export interface PlanningOptions {
  /** Longest time a plan may take. Default 10,000. */
  readonly timeoutMs?: number;
  /** Expanded selections from which on an operation is planned in a worker thread. Default 300; `Infinity` never. */
  readonly workerThreshold?: number;
  /** Bytes of plans and compiled operations kept. Default 64 MiB. */
  readonly cacheBytes?: number;
}
