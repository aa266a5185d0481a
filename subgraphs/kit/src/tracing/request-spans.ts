import { AsyncLocalStorage } from 'node:async_hooks';
import { makeSpanId } from '@trellis/platform/trace-context';
import type { Tracing } from '@trellis/platform/tracing';
import type { RequestScope } from '../request-scope.ts';
import { statementChannel, type Statement } from '../database/statements.ts';
import { describeStatement } from './describe-statement.ts';

/** The span that what happens now belongs to. */
interface CurrentSpan {
  readonly traceId: string;
  readonly spanId: string;
  /** Code of the first error of the answer. */
  error: string | undefined;
}

/** Spans of requests and of the statements they cause. Costs nothing for requests that are not sampled. */
export interface RequestSpans {
  /** Answers a request inside a span, when its trace is sampled. @param statusOf HTTP status, once it is answered */
  around<Answer>(
    scope: RequestScope,
    statusOf: () => number,
    answer: () => Promise<Answer>,
  ): Promise<Answer>;
  /** Marks the span of the request that is being answered now. */
  fail(code: string): void;
  /** Sends what is queued. */
  stop(): Promise<void>;
}

export function createRequestSpans(service: string, tracing: Tracing): RequestSpans {
  const current = new AsyncLocalStorage<CurrentSpan>();

  const begin = (message: unknown): void => {
    const statement = message as Statement;
    const parent = current.getStore();
    if (!parent || statement.service !== service) return;
    const startedAt = performance.now();
    statement.whenEnded = (error) => {
      const { traceId, spanId } = parent;
      tracing.record({
        ...describeStatement(statement, error),
        kind: 'client',
        traceId,
        spanId: makeSpanId(),
        parentSpanId: spanId,
        startedAt,
        endedAt: performance.now(),
      });
    };
  };
  statementChannel.subscribe(begin);

  return {
    async around(scope, statusOf, answer) {
      const { trace } = scope;
      if (!tracing.isSampled(trace.traceId, trace.sampled)) return answer();
      const span: CurrentSpan = { traceId: trace.traceId, spanId: makeSpanId(), error: undefined };
      const startedAt = performance.now();
      try {
        return await current.run(span, answer);
      } finally {
        const status = statusOf();
        tracing.record({
          name: `answer ${service}`,
          kind: 'server',
          traceId: span.traceId,
          spanId: span.spanId,
          parentSpanId: trace.parentId,
          hasRemoteParent: true,
          startedAt,
          endedAt: performance.now(),
          attributes: {
            'trellis.request.id': scope.id,
            'trellis.identity.kind': scope.identity.kind,
            'http.response.status_code': status,
          },
          error: status >= 500 ? String(status) : span.error,
        });
      }
    },
    fail(code) {
      const span = current.getStore();
      if (span) span.error ??= code;
    },
    async stop() {
      statementChannel.unsubscribe(begin);
      await tracing.stop();
    },
  };
}
