import type { Logger } from '@trellis/platform/log';
import type { FetchContext } from './fetch-context.ts';
import { createLimitPerSecond } from '../limit-per-second.ts';
import { FetchFailure } from './fetch-failure.ts';
import { Layer } from './layer.ts';
import type { SubgraphResponse } from './subgraph-fetch.ts';

/** Bodies of answers that go to the log, per subgraph and second: they are what makes a log grow. */
const maxExcerptsPerSecond = 5;

/**
 * Logs every failed fetch once, under the id that stands in the client's error. Anything that is no FetchFailure is a
 * defect of the gateway and becomes one here, so that nothing internal can reach a client.
 */
export class LogFailures extends Layer {
  readonly #subgraph: string;
  readonly #log: Logger;
  readonly #mayLogExcerpt = createLimitPerSecond(maxExcerptsPerSecond);

  constructor(subgraph: string, log: Logger) {
    super();
    this.#subgraph = subgraph;
    this.#log = log;
  }

  send(fetch: FetchContext): void {
    this.inner.send(fetch);
  }

  settle(fetch: FetchContext, response: SubgraphResponse | undefined, reason: unknown): void {
    if (response) {
      this.outer.settle(fetch, response, undefined);
      return;
    }
    const failure = reason instanceof FetchFailure ? reason : toDefect(reason, this.#subgraph);
    // A caller who left is not worth a line: it is no failure of anything here.
    if (failure.blame !== 'caller') this.#logFailure(failure, fetch);
    this.outer.settle(fetch, undefined, failure);
  }

  #logFailure(failure: FetchFailure, { id: requestId, attempt, request }: FetchContext): void {
    const { id, code, detail, status, bodyExcerpt } = failure;
    const isWithBody = bodyExcerpt !== undefined && this.#mayLogExcerpt();
    this.#log.warn(
      {
        errorId: id,
        requestId,
        code,
        detail,
        operationName: request.operationName,
        attempts: attempt + 1,
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
