import type { GraphQLFormattedError } from 'graphql';
import { strictest, type CachePolicy } from '../cache-policy.ts';
import type { Denial, RequestContext } from '../request.ts';
import type { JsonObject, JsonValue, SubgraphFetch } from '../transport/subgraph-fetch.ts';
import type { Path } from './client-paths.ts';
import type { CoercedVariables } from './engine.ts';
import type { ExecutionTrace } from './execution-trace.ts';
import { defaultPieceSize, type Pieces, type PieceSize } from './pieces.ts';
import type { RepresentationList } from './representation-list.ts';
import type { NoteUnfitAnswer } from './unfit-answer.ts';

/** What a step has fetched for the objects at its position. Objects and entities may belong to shared answers: read only. */
export interface Fetched {
  /** Object at the position → which entity is its. */
  readonly index: Map<JsonObject, number>;
  /** By representation; null where the subgraph knows none, or an answer failed. */
  readonly entities: readonly (JsonObject | null)[];
  /** The entities that belong to objects here, each once. */
  readonly distinct: readonly JsonObject[];
  /** Whether several objects have one entity, so that what is written of it can be written once. */
  readonly isShared: boolean;
  /** By index: which of the entities that came it is, where some are copies. */
  readonly origins: readonly number[] | undefined;
}

/** Something that went wrong, still in the plan's terms; `locate-errors.ts` finds the client's paths. */
export interface Failure {
  readonly step: number;
  readonly message: string;
  readonly extensions: JsonObject | undefined;
  /** Which entity, and below it which field: undefined when the whole step failed. */
  readonly entity: number | undefined;
  readonly path: readonly (string | number)[];
}

/** Everything one execution knows. */
export class Run {
  readonly variables: CoercedVariables;
  readonly context: RequestContext;
  readonly fetch: SubgraphFetch;
  readonly trace: ExecutionTrace | undefined;
  /** Learns of answers that do not fit. */
  readonly noteUnfit: NoteUnfitAnswer | undefined;
  readonly startedAtMs: number;
  /** By step. */
  readonly fetched: (Fetched | undefined)[];
  /** By position: the distinct objects there, once they are complete. */
  readonly objects: (readonly JsonObject[] | undefined)[];
  /** Representations by the signature of their unit. */
  readonly collected = new Map<string, RepresentationList>();
  readonly failures: Failure[] = [];
  readonly errors: GraphQLFormattedError[] = [];
  /** By error of a subgraph: its path in the plan's terms. */
  readonly origins = new Map<GraphQLFormattedError, Path>();
  /** By guard point: objects whose field this caller may not see, once the point is judged. Undefined: see nothing. */
  readonly hidden: (ReadonlyMap<JsonObject, Denial> | undefined)[] = [];
  /** Whether every guard point is judged and nothing is hidden at any: then nobody has to ask of each object. */
  showsAll = false;
  /** By guard point: its judging, or that it is over. */
  readonly judged: (Promise<void> | 'over' | undefined)[] = [];
  /** How often the writer met a value it could not show; what was written meanwhile holds for that place only. */
  violations = 0;
  /** Whether no string of any response so far needs an escape: then nobody has to look at them again. */
  isPlain = true;
  /** The strictest of the Cache-Control headers so far. */
  said: CachePolicy | undefined = undefined;
  /** Whether a response had none. */
  isSilent = false;
  /** Paths of objects for which nothing came, and an error in the answer says why. */
  readonly explained: Path[] = [];
  /** Items of lists that may still be written without a pause. */
  itemsLeft: number;
  /** What is written so far of an answer that is not small. */
  pieces: Pieces | undefined = undefined;
  readonly pieceSize: PieceSize;
  /** Where the writer is in the answer. */
  readonly path: (string | number)[] = [];
  /** By memo number of the projection, then by entity: text already written. */
  readonly texts: ((string | undefined)[] | undefined)[] = [];
  /** Introspection fields by response name, as graphql-js answered them. */
  introspection: Readonly<Record<string, unknown>> | undefined;
  /** Objects that two subgraphs gave parts of, and the parts of each. Undefined while there is none. */
  merged: Map<JsonObject, readonly JsonObject[]> | undefined;
  mergedPairs: Map<object, Map<object, JsonValue>> | undefined;

  constructor(start: {
    variables: CoercedVariables;
    context: RequestContext;
    fetch: SubgraphFetch;
    trace: ExecutionTrace | undefined;
    steps: number;
    pieceSize?: PieceSize | undefined;
    noteUnfit?: NoteUnfitAnswer | undefined;
  }) {
    this.variables = start.variables;
    this.context = start.context;
    this.fetch = start.fetch;
    this.trace = start.trace;
    this.pieceSize = start.pieceSize ?? defaultPieceSize;
    this.itemsLeft = this.pieceSize.items;
    this.noteUnfit = start.noteUnfit;
    this.startedAtMs = start.trace ? performance.now() : 0;
    this.fetched = Array.from({ length: start.steps });
    this.objects = [];
  }

  /** Takes account of the caching of one more response. */
  noteCache(policy: CachePolicy | undefined): void {
    if (!policy) this.isSilent = true;
    else this.said = this.said ? strictest(this.said, policy) : policy;
  }
}

/** Stands for the object at the root: everything there is fetched "for" it. */
export const rootObject: JsonObject = Object.freeze({});

export function isJsonObject(value: JsonValue | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
