import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import type { FinishedSpan, Tracing } from '@trellis/platform/tracing';
import { startTestGateway, type TestGateway } from '../testing/start-test-gateway.ts';
import { startUsersAndReviews } from '../testing/test-subgraphs.ts';
import { traceRequests } from './tracing.ts';

const caller = { traceparent: '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01' };

let subgraphs: Awaited<ReturnType<typeof startUsersAndReviews>>;
let gateway: TestGateway;
let spans: FinishedSpan[];
let stop: () => void;

beforeEach(async () => {
  subgraphs = await startUsersAndReviews();
  gateway = await startTestGateway(subgraphs.sdl);
  spans = [];
});

afterEach(async () => {
  stop();
  await gateway.stop();
  await subgraphs.stop();
});

/** @param isSampled decides for traces that nobody has decided about */
function trace(isSampled: boolean, followsClients = true): void {
  const tracing: Tracing = {
    isSampled: (_traceId, parent) => parent ?? isSampled,
    record: (span) => spans.push(span),
    stop: () => Promise.resolve(),
  };
  stop = traceRequests(tracing, { followsClients });
}

/** Plans the operations; from then on a subgraph takes so long for them that all who ask at once ask together. */
async function knowAll(queries: readonly string[]): Promise<void> {
  for (const query of queries) await gateway.ask({ query });
  subgraphs.users.bodies.length = 0;
  subgraphs.users.delayMs = 1_000;
}

const named = (name: string): FinishedSpan[] => spans.filter((span) => span.name === name);

describe('spans of requests', () => {
  test('link to the fetch of another request that both waited for', async () => {
    const queries = ['query A { me { name } }', 'query B { me { name } }'];
    await knowAll(queries);
    trace(true);
    await Promise.all(queries.map((query) => gateway.ask({ query })));
    expect(subgraphs.users.bodies).toHaveLength(1);
    const [fetched, ...others] = named('fetch users');
    const [shared] = named('shared fetch users');
    expect(others).toEqual([]);
    expect(fetched?.attributes['trellis.fetch.callers']).toBe(2);
    expect(shared?.traceId).not.toBe(fetched?.traceId);
    expect(shared?.link).toEqual({ traceId: fetched?.traceId, spanId: fetched?.spanId });
  });

  test('say when an answer was that of an equal request', async () => {
    const query = 'query Same { me { name } }';
    await knowAll([query]);
    trace(true);
    await Promise.all([gateway.ask({ query }), gateway.ask({ query })]);
    const shared = named('query Same').map((span) => span.attributes['trellis.answer.shared']);
    expect(shared.filter((isShared) => isShared === true)).toHaveLength(1);
    expect(shared).toHaveLength(2);
  });

  test('send the id of the fetch as parent to the subgraph', async () => {
    trace(false);
    await gateway.ask({ query: '{ me { name } }' }, caller);
    const [fetched] = named('fetch users');
    const sent = subgraphs.users.headers[0]?.['traceparent'];
    expect(sent).toBe(`00-0af7651916cd43dd8448eb211c80319c-${fetched?.spanId}-01`);
  });

  test('tell subgraphs not to record what is not recorded here', async () => {
    trace(false);
    await gateway.ask({ query: '{ me { name } }' });
    expect(spans).toEqual([]);
    expect(subgraphs.users.headers[0]?.['traceparent']).toMatch(
      /^00-[0-9a-f]{32}-[0-9a-f]{16}-00$/,
    );
  });

  test('begin a trace of their own where clients are not followed', async () => {
    trace(false, false);
    await gateway.ask({ query: '{ me { name } }' }, caller);
    expect(spans).toEqual([]);
    const sent = subgraphs.users.headers[0]?.['traceparent'];
    expect(sent).not.toContain('0af7651916cd43dd8448eb211c80319c');
  });

  test('mark the step that refused a request', async () => {
    trace(true);
    await gateway.ask({ query: '{ nobody }' });
    const [request] = named('graphql');
    const [prepare] = named('prepare');
    expect(request?.attributes['http.response.status_code']).toBe(400);
    expect(request?.error).toBeUndefined();
    expect(prepare?.error).toBe('GRAPHQL_VALIDATION_FAILED');
    expect(named('execute')).toEqual([]);
  });
});
