import type { SubgraphResponse } from '../transport/subgraph-fetch.ts';
import type { EntityAnswer } from './entity-request.ts';
import type { Group } from './order-steps.ts';
import type { Run } from './run.ts';
import type { Collected } from './units.ts';

type FinishTrace = (
  errors: number,
  answer?: Pick<EntityAnswer, 'response'> & Partial<EntityAnswer>,
) => void;

/** Begins the trace of one request; only called when somebody wants one. */
export function traceFetch(
  run: Run,
  group: Group,
  about: { readonly collected?: readonly Collected[]; readonly requestBytes?: number },
): FinishTrace {
  const startMs = performance.now() - run.startedAtMs;
  const { collected } = about;
  return (errors, answer) => {
    const requestBytes = answer?.requestBytes ?? about.requestBytes ?? 0;
    const asked = {
      subgraph: group.subgraph,
      requestBytes,
      startedAtMs: run.startedAtMs + startMs,
    };
    run.trace?.steps.push({
      number: group.number,
      subgraph: group.subgraph,
      wave: group.wave,
      startMs,
      endMs: performance.now() - run.startedAtMs,
      entities: collected
        ? {
            places: sum(collected.map((each) => each.places)),
            representations: sum(collected.map((each) => each.texts.length)),
          }
        : null,
      requestBytes,
      responseBytes: answer ? sizeOf(answer.response) : 0,
      errors,
      delivery: answer?.isBatched ? 'batched' : isShared(run, asked) ? 'shared' : 'sent',
    });
  };
}

interface Asked {
  readonly subgraph: string;
  readonly requestBytes: number;
  readonly startedAtMs: number;
}

/** Whether a fetch that another request had begun brought the answer: such a fetch belongs to that one's span. */
function isShared({ context }: Run, { subgraph, requestBytes, startedAtMs }: Asked): boolean {
  const { fetches = [], trace } = context;
  return fetches.some(
    (fetch) =>
      fetch.subgraph === subgraph &&
      fetch.sentBytes === requestBytes &&
      fetch.endedAt >= startedAtMs &&
      fetch.parentSpanId !== trace.parentId,
  );
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}

function sizeOf({ data, errors }: SubgraphResponse): number {
  return Buffer.byteLength(JSON.stringify({ data, errors }));
}
