import type { Logger } from '@trellis/platform/log';
import { requestChannel, type RequestRecord } from '../channels.ts';

/**
 * Writes one line per request at level info; those that failed on our side at level error.
 * @returns the function that stops it
 */
export function startAccessLog(log: Logger, which: 'all' | 'failed'): () => void {
  function write(message: unknown): void {
    const record = message as RequestRecord;
    if (which === 'failed' && record.status < 500) return;
    const line = {
      requestId: record.id,
      operation: record.operationName,
      hash: record.operationHash?.slice(0, 16),
      kind: record.operationKind,
      identity: record.identityKind,
      status: record.status,
      durationMs: Math.round((performance.now() - record.startedAt) * 100) / 100,
      errors: record.errorCount,
      code: record.errorCode,
      bytes: record.responseBytes,
    };
    if (record.status >= 500) log.error(line, 'request');
    else log.info(line, 'request');
  }
  requestChannel.subscribe(write);
  return () => requestChannel.unsubscribe(write);
}
