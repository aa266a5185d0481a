import {
  channel,
  tracingChannel,
  type Channel,
  type TracingChannel,
} from 'node:diagnostics_channel';
import type { Identity } from '@trellis/platform/identity';
import type { TraceContext } from '@trellis/platform/trace-context';
import type { GatewayErrorCode } from './errors.ts';
import type { PreparedOperation } from './operation/prepared-operation.ts';
import type { IncomingHeaders } from './incoming-headers.ts';

/** The steps of the walk in pipeline.ts, in order, and what follows them. */
export const stepNames = [
  'authenticate',
  'prepare',
  'coerceVariables',
  'authorize',
  'plan',
  'execute',
  'write',
] as const;

export type StepName = Exclude<(typeof stepNames)[number], 'write'>;

/** What one request is known by. Filled while it walks; listeners read it and never keep it. */
export interface RequestRecord {
  readonly id: string;
  /** `performance.now()` when the request arrived. */
  readonly startedAt: number;
  /** Id of the supergraph that answers. */
  supergraphId: string | undefined;
  operationName: string | undefined;
  operationHash: string | undefined;
  operationKind: 'query' | 'mutation' | 'subscription' | undefined;
  identityKind: Identity['kind'] | undefined;
  /** Who asks; for the audit trail, and never for a log or a metric. */
  identity: Identity | undefined;
  /** As the client says of itself, unchecked and of any length. */
  readonly clientName: string | undefined;
  readonly clientVersion: string | undefined;
  /**
   * IP address of the client, behind proxies too where `http.trustedProxies` names them. Set by whoever accepts the request,
   * where something asks for it.
   */
  clientAddress: string | undefined;
  /** The operation once it is known to be valid. Shared by all its requests. */
  prepared: PreparedOperation | undefined;
  /** Estimated cost of the operation, where costs are counted. */
  cost: number | undefined;
  /** Size of the plan: requests to subgraphs it may take, and how many of them wait for one another. */
  planFetches: number | undefined;
  planWaves: number | undefined;
  /** Set when the answer is that of an equal operation that was under way. */
  isShared: boolean;
  /** Set by a listener on {@link arrivalChannel} that records spans; else the trace is read where it is needed. */
  trace: TraceContext | undefined;
  /** The span of the request as a whole. Set with a trace that is recorded. */
  span: RequestSpan | undefined;
  /**
   * `performance.now()` at the begin of each step so far, in the order of {@link stepNames}; each lasted until the next one
   * began, or the request was over. Undefined unless a listener on {@link arrivalChannel} asked by setting an empty list.
   */
  steps: number[] | undefined;
  /** Fetches this request waited for. Undefined unless somebody listens. */
  fetches: FetchRecord[] | undefined;
  /** Set by a listener on {@link arrivalChannel} that must know of a mutation before it runs; a rejection refuses it. */
  beforeMutation: ((record: RequestRecord) => Promise<void>) | undefined;
  /** What rules decided, by coordinate. Undefined unless a listener asked, or where no rule had a say. */
  decisions: Map<string, Decisions> | undefined;
  /** Errors inside the answer, or in the refusal. */
  errorCount: number;
  /** Code of the error that ended the request, if one did. */
  errorCode: string | undefined;
  /** Headers that steps add to the answer or the refusal: name, value, name, value. */
  responseHeaders: readonly string[] | undefined;
  /** HTTP status and size of the answer; 0 until it is written. */
  status: number;
  responseBytes: number;
}

export interface RequestSpan {
  readonly id: string;
  /** The client's span, if it told of one. */
  readonly parentId: string | undefined;
}

/** How often a rule let a field of this request through, or did not: once for the operation, or once per object. */
export interface Decisions {
  allowed: number;
  denied: number;
  /** Whether it was decided before anything was fetched. */
  readonly isEarly: boolean;
}

/** One fetch from a subgraph, with all its tries. */
export interface FetchRecord {
  readonly subgraph: string;
  readonly kind: 'query' | 'mutation' | 'subscription';
  /** `performance.now()`. */
  readonly startedAt: number;
  readonly endedAt: number;
  /** 1 for a fetch that was not repeated. */
  readonly attempts: number;
  /** Why it failed as a whole. */
  readonly code: GatewayErrorCode | undefined;
  /** Errors inside its answer. */
  readonly errorCount: number;
  /** Fetches it stands for: equal ones that were made at the same time share one. */
  readonly callers: number;
  /** Operations whose entities it asked for together. */
  readonly operations: number;
  /** Entities asked for; 0 for a fetch from the root. */
  readonly representations: number;
  readonly sentBytes: number;
  readonly receivedBytes: number;
  /** What it was sent with: its parent id is the id of the fetch's own span, where spans are recorded. */
  readonly trace: TraceContext;
  /** The span that it belongs to: that of the first who asked. */
  readonly parentSpanId: string;
}

export interface StepEvent {
  readonly step: StepName;
  readonly record: RequestRecord;
}

/** Tracing channel `tracing:trellis.step:*`: one per step of the walk, in the manner of Node's tracingChannel. */
export const stepChannel: TracingChannel<unknown, StepEvent> = tracingChannel('trellis.step');

/** Channel `trellis.request`: a {@link RequestRecord} once its answer has been handed to the socket. */
export const requestChannel = channel('trellis.request') as Channel<unknown, RequestRecord>;

/**
 * Channel `trellis.outcome`: the same at the same moment, for whoever only counts. Listening here does not make requests
 * record their fetches.
 */
export const outcomeChannel = channel('trellis.outcome') as Channel<unknown, RequestRecord>;

/** A request that has just arrived, before anything of it was read. */
export interface Arrival {
  readonly record: RequestRecord;
  readonly headers: IncomingHeaders;
}

/** Channel `trellis.arrival`: what wants to know more of a request than its end says so here. */
export const arrivalChannel = channel('trellis.arrival') as Channel<unknown, Arrival>;

/** Channel `trellis.fetch`: a {@link FetchRecord} when a fetch is over. */
export const fetchChannel = channel('trellis.fetch') as Channel<unknown, FetchRecord>;

/**
 * Channel `trellis.recordedFetch`: the same, of fetches whose trace is recorded. Listening here costs nothing for the others.
 */
export const recordedFetchChannel = channel('trellis.recordedFetch') as Channel<
  unknown,
  FetchRecord
>;

/** Something that happened and is counted. */
export type GatewayEvent =
  | { readonly event: 'prepared'; readonly parseMs: number; readonly validateMs: number }
  | { readonly event: 'planned'; readonly durationMs: number }
  | {
      readonly event: 'persistedQuery';
      readonly outcome: 'hit' | 'miss' | 'registered' | 'mismatch';
    }
  | {
      /** `unknown`: let through because the list is only watched so far. */
      readonly event: 'trustedDocument';
      readonly outcome: 'known' | 'unknown' | 'refused';
    }
  | {
      readonly event: 'rateLimited';
      /** Name of the limit: `user-requests`, `anonymous-cost`, `operation0`, `api-key`, `refused`. */
      readonly by: string;
    }
  | { readonly event: 'shed'; readonly reason: 'eventLoop' | 'concurrency' | 'memory' | 'queue' }
  | {
      readonly event: 'supergraph';
      readonly outcome: 'swapped' | 'refused' | 'unreadable' | 'rolledBack';
    }
  | {
      readonly event: 'breaker';
      readonly subgraph: string;
      readonly state: 'closed' | 'open' | 'half-open';
    };

/** Channel `trellis.event`: a {@link GatewayEvent}. */
export const eventChannel = channel('trellis.event') as Channel<unknown, GatewayEvent>;

/** Tells whoever listens that something happened. */
export function announce(event: GatewayEvent): void {
  if (eventChannel.hasSubscribers) eventChannel.publish(event);
}

export function createRequestRecord(id: string, headers: IncomingHeaders = {}): RequestRecord {
  return {
    id,
    startedAt: performance.now(),
    supergraphId: undefined,
    operationName: undefined,
    operationHash: undefined,
    operationKind: undefined,
    identityKind: undefined,
    identity: undefined,
    clientName: headers['apollographql-client-name'] ?? headers['graphql-client-name'],
    clientVersion: headers['apollographql-client-version'] ?? headers['graphql-client-version'],
    clientAddress: undefined,
    prepared: undefined,
    cost: undefined,
    planFetches: undefined,
    planWaves: undefined,
    isShared: false,
    trace: undefined,
    span: undefined,
    steps: undefined,
    fetches: requestChannel.hasSubscribers ? [] : undefined,
    beforeMutation: undefined,
    decisions: undefined,
    errorCount: 0,
    errorCode: undefined,
    responseHeaders: undefined,
    status: 0,
    responseBytes: 0,
  };
}
