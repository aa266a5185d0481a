import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { fileURLToPath } from 'node:url';
import { catalog } from '@trellis/catalog/subgraph';
import { readGatewayConfig } from '@trellis/gateway/config';
import { startGateway, type Gateway } from '@trellis/gateway/gateway';
import { startSubgraph } from '@trellis/kit/start-subgraph';
import { createTestDatabase, type TestDatabase } from '@trellis/kit/test-database';
import { createLog } from '@trellis/platform/log';
import { reviews } from '@trellis/reviews/subgraph';
import { collectSpans, type CollectedSpan, type SpanCollector } from '../harness/collect-spans.ts';

const log = createLog('test', { LOG_LEVEL: 'silent' });
const supergraph = fileURLToPath(new URL('../../supergraph.graphql', import.meta.url));
const traceId = '0af7651916cd43dd8448eb211c80319c';
const clientSpan = 'b7ad6b7169203331';
const unsampledTrace = '1af7651916cd43dd8448eb211c80319c';
const failedTrace = '2af7651916cd43dd8448eb211c80319c';

let database: TestDatabase;
let collector: SpanCollector;
let sku: string;
const everything: { stop(): Promise<void> }[] = [];

interface Ask {
  readonly query: string;
  readonly variables?: Readonly<Record<string, unknown>>;
  readonly headers?: Readonly<Record<string, string>>;
}

interface GatewayBody {
  readonly data?: Readonly<Record<string, unknown>> | null;
  readonly errors?: readonly unknown[];
}

async function ask(gateway: Gateway, { query, variables, headers }: Ask): Promise<GatewayBody> {
  const response = await fetch(`${gateway.url}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify({ query, variables }),
  });
  return (await response.json()) as GatewayBody;
}

async function startTestedGateway(
  endpoint: string,
  urls: Readonly<Record<string, string>>,
): Promise<Gateway> {
  const defaults = readGatewayConfig(undefined, { supergraph, port: '0' });
  const config = {
    ...defaults,
    telemetry: {
      ...defaults.telemetry,
      tracing: { endpoint, sampleRatio: 0, followsClients: true },
    },
    subgraphs: Object.fromEntries(
      Object.entries(urls).map(([name, url]) => [name, { url, timeoutMs: 30_000 }]),
    ),
  };
  const env = { ...database.env, TRELLIS_WIRE_SECRET: 'secret-of-the-test-with-32-characters' };
  return startGateway({ config, log, env });
}

beforeAll(async () => {
  database = await createTestDatabase();
  collector = await collectSpans();
  const env = {
    ...database.env,
    TRELLIS_WIRE_SECRET: 'secret-of-the-test-with-32-characters',
    OTEL_EXPORTER_OTLP_ENDPOINT: collector.url,
  };
  const first = await startSubgraph(catalog, { env, log, port: 0 });
  const second = await startSubgraph(reviews, { env, log, port: 0, seeds: false });
  const gateway = await startTestedGateway(collector.url, {
    catalog: first.url,
    reviews: second.url,
    inventory: 'http://127.0.0.1:9/graphql',
  });
  everything.push(gateway, first, second);

  const found = await ask(gateway, { query: '{ products(first: 1) { nodes { sku } } }' });
  const { products } = found.data as { products: { nodes: { sku: string }[] } };
  sku = products.nodes[0]?.sku ?? '';
  const query = `query Shelf($sku: String!) {
    product(sku: $sku) { name reviews(first: 1) { totalCount } }
  }`;
  const client = { 'apollographql-client-name': 'web', 'apollographql-client-version': '7' };
  await ask(gateway, {
    query,
    variables: { sku },
    headers: { ...client, traceparent: `00-${traceId}-${clientSpan}-01`, tracestate: 'shop=1' },
  });
  await ask(gateway, {
    query,
    variables: { sku },
    headers: { traceparent: `00-${unsampledTrace}-${clientSpan}-00` },
  });
  await ask(gateway, {
    query: 'query Broken($sku: String!) { product(sku: $sku) { inStock } }',
    variables: { sku },
    headers: { traceparent: `00-${failedTrace}-${clientSpan}-01` },
  });
  // What is queued is sent while stopping.
  for (const each of everything) await each.stop();
});

afterAll(async () => {
  await collector.stop();
  await database.stop();
});

const spansOf = (trace: string): readonly CollectedSpan[] =>
  collector.spans.filter((span) => span.traceId === trace);

function only(spans: readonly CollectedSpan[], service: string, name: string): CollectedSpan {
  const found = spans.filter((span) => span.service === service && span.name === name);
  expect([name, found.length]).toEqual([name, 1]);
  return found[0] as CollectedSpan;
}

describe('a trace that a client began', () => {
  test('goes down to the statements of the services, each span below the one that caused it', () => {
    const spans = spansOf(traceId);
    const request = only(spans, 'gateway', 'query Shelf');
    expect(request.parentSpanId).toBe(clientSpan);
    const execute = only(spans, 'gateway', 'execute');
    expect(execute.parentSpanId).toBe(request.spanId);
    for (const subgraph of ['catalog', 'reviews']) {
      const fetched = only(spans, 'gateway', `fetch ${subgraph}`);
      expect(fetched.parentSpanId).toBe(execute.spanId);
      const answered = only(spans, subgraph, `answer ${subgraph}`);
      expect(answered.parentSpanId).toBe(fetched.spanId);
      const statements = spans.filter((span) => 'db.query.text' in span.attributes);
      const own = statements.filter((span) => span.service === subgraph);
      expect(own.length).toBeGreaterThan(0);
      for (const statement of own) expect(statement.parentSpanId).toBe(answered.spanId);
    }
  });

  test('has a span for each step of the walk', () => {
    const request = only(spansOf(traceId), 'gateway', 'query Shelf');
    const steps = spansOf(traceId).filter((span) => span.parentSpanId === request.spanId);
    expect(steps.map(({ name }) => name)).toEqual(
      expect.arrayContaining(['authenticate', 'prepare', 'authorize', 'plan', 'execute', 'write']),
    );
    for (const step of steps) expect(step.durationMs).toBeLessThanOrEqual(request.durationMs);
  });

  test('says what was asked by whom, and no value', () => {
    const { attributes } = only(spansOf(traceId), 'gateway', 'query Shelf');
    expect(attributes).toMatchObject({
      'graphql.operation.type': 'query',
      'graphql.operation.name': 'Shelf',
      'http.response.status_code': 200,
      'trellis.client.name': 'web',
      'trellis.client.version': '7',
      'trellis.identity.kind': 'anonymous',
      'trellis.plan.fetches': 2,
      'trellis.plan.waves': 2,
      'trellis.operation.hash': expect.stringMatching(/^[0-9a-f]{64}$/),
    });
    expect(sku).toMatch(/^SKU-/);
    expect(collector.received()).not.toContain(sku);
  });

  test('is not recorded anywhere when the client does not record it', () => {
    expect(spansOf(unsampledTrace)).toEqual([]);
  });

  test('marks the fetch that failed and the request that had to do without', () => {
    const spans = spansOf(failedTrace);
    const failed = only(spans, 'gateway', 'fetch inventory');
    expect(failed.isFailed).toBe(true);
    expect(failed.attributes['error.type']).toBe('SUBGRAPH_UNAVAILABLE');
    expect(only(spans, 'gateway', 'query Broken').isFailed).toBe(true);
    expect(only(spans, 'gateway', 'fetch catalog').isFailed).toBe(false);
  });
});

test('what is not in the sample of a gateway has no spans', () => {
  const traces = new Set(collector.spans.map((span) => span.traceId));
  expect([...traces].sort()).toEqual([traceId, failedTrace].sort());
});

test('a collector that is away changes nothing for clients, and does not keep the gateway from stopping', async () => {
  // The exporter would go on trying to reach it for longer than this test is to take.
  process.env['OTEL_EXPORTER_OTLP_TIMEOUT'] = '1000';
  const gateway = await startTestedGateway('http://127.0.0.1:9', {});
  const headers = { traceparent: `00-${traceId}-${clientSpan}-01` };
  const answers = await Promise.all(
    Array.from({ length: 50 }, () => ask(gateway, { query: '{ __typename }', headers })),
  );
  expect(answers).toEqual(answers.map(() => ({ data: { __typename: 'Query' } })));
  await gateway.stop();
  delete process.env['OTEL_EXPORTER_OTLP_TIMEOUT'];
});
