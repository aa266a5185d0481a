import type { Logger } from '@trellis/platform/log';
import { requestChannel, type FetchRecord, type RequestRecord } from '../channels.ts';
import { clip } from './clip.ts';

export interface AccessLogOptions {
  readonly which: 'all' | 'failed' | 'none';
  /** Part of the requests below status 500 that get their line, 0 to 1. */
  readonly ratio: number;
  /** Requests that take longer get a line at level warn; 0: none. */
  readonly slowRequestMs: number;
}

/**
 * Writes one line per request at level info; those that failed on our side at level error, slow ones at level warn.
 * @returns the function that stops it
 */
export function startAccessLog(log: Logger, options: AccessLogOptions): () => void {
  const { which, ratio, slowRequestMs } = options;
  const isDrawn = (): boolean => ratio === 1 || Math.random() < ratio;

  function write(message: unknown): void {
    const record = message as RequestRecord;
    const durationMs = performance.now() - record.startedAt;
    if (record.status >= 500 && which !== 'none') {
      log.error(describe(record, durationMs), 'request');
    } else if (slowRequestMs > 0 && durationMs > slowRequestMs) {
      log.warn(describe(record, durationMs), 'slow request');
    } else if (which === 'all' && isDrawn()) {
      log.info(describe(record, durationMs), 'request');
    }
  }
  requestChannel.subscribe(write);
  return () => requestChannel.unsubscribe(write);
}

/** What is undefined does not come into the line. */
function describe(record: RequestRecord, durationMs: number): object {
  const { fetches = [], planFetches, planWaves } = record;
  return {
    requestId: record.id,
    traceId: record.trace?.isRecorded === true ? record.trace.traceId : undefined,
    operation: clip(record.operationName),
    hash: record.operationHash?.slice(0, 16),
    kind: record.operationKind,
    client: clip(record.clientName),
    clientVersion: clip(record.clientVersion),
    identity: record.identityKind,
    status: record.status,
    durationMs: roundMs(durationMs),
    errors: record.errorCount,
    code: record.errorCode,
    bytes: record.responseBytes,
    cost: record.cost,
    plan: planFetches === undefined ? undefined : { fetches: planFetches, waves: planWaves },
    subgraphs: fetches.length === 0 ? undefined : describeFetches(fetches),
    shared: record.isShared ? true : undefined,
  };
}

interface SubgraphLine {
  calls: number;
  ms: number;
  failed?: number;
}

/** By subgraph: how many fetches this request waited for, and how long they took together. */
function describeFetches(fetches: readonly FetchRecord[]): Record<string, SubgraphLine> {
  const lines: Record<string, SubgraphLine> = {};
  for (const { subgraph, startedAt, endedAt, code } of fetches) {
    const line = (lines[subgraph] ??= { calls: 0, ms: 0 });
    line.calls += 1;
    line.ms = roundMs(line.ms + endedAt - startedAt);
    if (code !== undefined) line.failed = (line.failed ?? 0) + 1;
  }
  return lines;
}

function roundMs(milliseconds: number): number {
  return Math.round(milliseconds * 100) / 100;
}
