import type { CachePolicy, HintedCaching } from './cache-policy.ts';
import type { Deadline } from '@trellis/platform/deadline';
import type { Identity } from '@trellis/platform/identity';
import type { TraceContext } from '@trellis/platform/trace-context';
import type { FetchRecord, RequestRecord } from './channels.ts';
import type { IncomingHeaders } from './incoming-headers.ts';
import type { PreparedOperation } from './operation/prepared-operation.ts';
import type { FieldNode, GraphQLSchema, InlineFragmentNode, SelectionSetNode } from 'graphql';

/** The part of an AbortSignal that work for a caller needs. Every AbortSignal is one. */
export interface CallerSignal {
  readonly aborted: boolean;
  /** The listener is called at most once. */
  addEventListener(
    type: 'abort',
    listener: () => void,
    options?: { readonly once?: boolean },
  ): void;
  removeEventListener(type: 'abort', listener: () => void): void;
}

/** One operation as the client sent it: checked for its JSON types, not yet for its meaning. */
export interface IncomingOperation {
  readonly query: string | undefined;
  /** Names a stored document in place of `query` (GraphQL over HTTP, appendix "Persisted Documents"). */
  readonly documentId?: string | undefined;
  /** Set when `query` was found and permitted by an earlier look at the same request. */
  readonly isResolved?: boolean;
  readonly operationName: string | undefined;
  readonly variables: Readonly<Record<string, unknown>> | undefined;
  readonly extensions: Readonly<Record<string, unknown>> | undefined;
  readonly method: 'GET' | 'POST';
  readonly headers: IncomingHeaders;
  /** Aborts when the client has left. */
  readonly signal: CallerSignal;
  readonly deadline: Deadline;
}

/** What every step may know of the request it works for. */
export interface RequestContext {
  /** Travels to every subgraph and stands in every log line and masked error. */
  readonly id: string;
  readonly identity: Identity;
  readonly headers: IncomingHeaders;
  readonly signal: CallerSignal;
  readonly deadline: Deadline;
  readonly trace: TraceContext;
  /** What listeners on the channels learn of the request. Absent where work is done for several requests. */
  readonly record?: RequestRecord | undefined;
  /** Where fetches made for this context are noted. Absent where nobody listens. */
  readonly fetches?: FetchRecord[] | undefined;
  /** Set once the operation is authorized, when a rule has something to say. */
  readonly access?: Access | undefined;
  /** What the hints of the supergraph say of caching the answer. Absent where it has none. */
  readonly cacheHints?: HintedCaching | undefined;
}

/** An operation after authorization: what may be planned, and what its caller has to be told. */
export interface PermittedOperation {
  readonly prepared: PreparedOperation;
  /** What was taken out, sorted: response names at the root, `Type.field` below. Empty for most. */
  readonly removed: readonly string[];
  /**
   * Fields that are decided when their parent is there, sorted: `Type.field` → how. Together with the operation's hash
   * and `removed` the names are the key of the plan.
   */
  readonly guarded?: ReadonlyMap<string, Guard> | undefined;
  /** That key, where it is known already. */
  readonly planKey?: string | undefined;
  /** Makes what is planned in place of the client's selections. Undefined when nothing was taken out or is guarded. */
  readonly planned?: (() => SelectionSetNode) | undefined;
  /** This caller's, never part of a plan. Undefined when no rule has anything to say. */
  readonly access?: Access;
}

/** How fields are guarded. Those that share this object are decided alike where their arguments are equal. */
export interface Guard {
  /** What rules read of the parent. */
  readonly inputs: readonly InlineFragmentNode[];
}

/**
 * Begins the aliases of objects that rules read. They stand apart from what the client asks for, because that may be
 * hidden from it. A client that uses one itself hides things from its own rules, and a rule without its inputs denies.
 */
export const ruleInputPrefix = '_rule_';

/** Why a field is null: what the error at its place says. */
export interface Denial {
  readonly message: string;
  readonly extensions: Readonly<Record<string, unknown>>;
}

/** What was decided about one object, or about all objects of which a rule reads the same. */
export interface Decision {
  /** Undefined: it may be shown. Only to be read when nothing is pending. */
  denial: Denial | undefined;
  /** Until the rules have said it. Never rejects. */
  pending: Promise<void> | undefined;
}

/** Decides one guarded field for one caller. */
export interface FieldJudge {
  /**
   * Decisions by the key of what the rules read of an object, where nothing else can make a difference between objects.
   * Undefined where the rules want to be asked about each.
   */
  readonly known: Map<unknown, Decision> | undefined;
  /**
   * @param object tells parents apart
   * @param read what the rule's fragments asked for
   * @param key of what was read; ignored where each object is asked about
   */
  decide(object: object, read: Readonly<Record<string, unknown>>, key: unknown): Decision;
  /** Notes how many objects show the field, and how many do not. */
  note(allowed: number, denied: number): void;
}

/** A field of an operation as a plan knows it: one object for all requests. */
export interface GuardedField {
  readonly coordinate: string;
  readonly node: FieldNode;
}

/** What one caller may see of one operation. */
export interface Access {
  /** By the names in `removed`. */
  readonly denials: ReadonlyMap<string, Denial>;
  /** Begins to decide a guarded field. Undefined: no rule concerns it. */
  judgeOf(field: GuardedField): FieldJudge | undefined;
  /** The schema that introspection shows this caller. Undefined: all of it. */
  readonly schemaView?: GraphQLSchema | undefined;
}

/** A finished answer: the body is complete JSON text with only `data`, `errors` and `extensions`. */
export interface Answer {
  readonly body: string;
  readonly errorCount: number;
  /** How long it may be kept. Absent: it must not be. */
  readonly cache?: CachePolicy | undefined;
}
