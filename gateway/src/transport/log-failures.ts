import type { Logger } from '@trellis/platform/log';
import type { BoundedFetchLayer, FetchContext } from './fetch-context.ts';
import { FetchFailure } from './fetch-failure.ts';
import type { SubgraphRequest } from './subgraph-fetch.ts';

/** Bodies of answers that go to the log, per subgraph and second: they are what makes a log grow. */
const maxExcerptsPerSecond = 5;

/**
 * Logs every failed fetch once, under the id that stands in the client's error. Anything that is no FetchFailure is a
 * defect of the gateway and becomes one here, so that nothing internal can reach a client.
 */
export function logFailures(subgraph: string, log: Logger): BoundedFetchLayer {
  const mayLogExcerpt = createLimit(maxExcerptsPerSecond);
  return (next) =>
    function fetchAndLogFailure(request, context, settle) {
      next(request, context, (response, reason) => {
        if (response) {
          settle(response, undefined);
          return;
        }
        const failure = reason instanceof FetchFailure ? reason : toDefect(reason, subgraph);
        // A caller who left is not worth a line: it is no failure of anything here.
        if (failure.blame !== 'caller') logFailure(failure, request, context);
        settle(undefined, failure);
      });
    };

  function logFailure(
    failure: FetchFailure,
    request: SubgraphRequest,
    context: FetchContext,
  ): void {
    const { id, code, detail, status, bodyExcerpt } = failure;
    const isWithBody = bodyExcerpt !== undefined && mayLogExcerpt();
    log.warn(
      {
        errorId: id,
        requestId: context.id,
        code,
        detail,
        operationName: request.operationName,
        attempts: context.attempt + 1,
        ...(status === undefined ? {} : { status }),
        ...(isWithBody ? { body: bodyExcerpt } : {}),
        ...(code === 'INTERNAL_SERVER_ERROR' ? { err: failure.cause } : {}),
      },
      'subgraph fetch failed',
    );
  }
}

function toDefect(error: unknown, subgraph: string): FetchFailure {
  return new FetchFailure('INTERNAL_SERVER_ERROR', subgraph, {
    detail: error instanceof Error ? error.message : 'something that is no error was thrown',
    blame: 'gateway',
    cause: error,
  });
}

function createLimit(perSecond: number): () => boolean {
  let second = 0;
  let count = 0;
  return () => {
    const current = Math.floor(performance.now() / 1000);
    if (current !== second) {
      second = current;
      count = 0;
    }
    count += 1;
    return count <= perSecond;
  };
}
