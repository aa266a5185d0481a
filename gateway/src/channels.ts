import {
  channel,
  tracingChannel,
  type Channel,
  type TracingChannel,
} from 'node:diagnostics_channel';
import type { Identity } from '@trellis/platform/identity';

/** The steps of the walk in pipeline.ts, in order. */
export type StepName =
  'authenticate' | 'prepare' | 'coerceVariables' | 'authorize' | 'plan' | 'execute';

/** What one request is known by. Filled while it walks; listeners read it and never keep it. */
export interface RequestRecord {
  readonly id: string;
  /** `performance.now()` when the request arrived. */
  readonly startedAt: number;
  operationName: string | undefined;
  operationHash: string | undefined;
  operationKind: 'query' | 'mutation' | 'subscription' | undefined;
  identityKind: Identity['kind'] | undefined;
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

export interface StepEvent {
  readonly step: StepName;
  readonly record: RequestRecord;
}

/** Tracing channel `tracing:trellis.step:*`: one per step of the walk, in the manner of Node's tracingChannel. */
export const stepChannel: TracingChannel<unknown, StepEvent> = tracingChannel('trellis.step');

/** Channel `trellis.request`: a {@link RequestRecord} once its answer has been handed to the socket. */
export const requestChannel = channel('trellis.request') as Channel<unknown, RequestRecord>;

export function createRequestRecord(id: string): RequestRecord {
  return {
    id,
    startedAt: performance.now(),
    operationName: undefined,
    operationHash: undefined,
    operationKind: undefined,
    identityKind: undefined,
    errorCount: 0,
    errorCode: undefined,
    responseHeaders: undefined,
    status: 0,
    responseBytes: 0,
  };
}
