import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Worker } from 'node:worker_threads';
import { exportInThread } from './span-thread.ts';
import type { FinishedSpan, SpanExporter } from './tracing.ts';

/** Node tells of every thread that is made. */
let started: Worker[];
let problems: string[];
let bodies: string[];
let collector: Server;
let port: number;

const note = (message: unknown): void => {
  started.push((message as { readonly worker: Worker }).worker);
};

beforeEach(async () => {
  started = [];
  problems = [];
  bodies = [];
  subscribe('worker_threads', note);
  collector = createServer((request, response) => {
    let body = '';
    request.setEncoding('utf8').on('data', (text: string) => (body += text));
    request.once('end', () => {
      bodies.push(body);
      response.end('{}');
    });
  });
  collector.listen(0, '127.0.0.1');
  await once(collector, 'listening');
  ({ port } = collector.address() as AddressInfo);
});

afterEach(() => {
  unsubscribe('worker_threads', note);
  delete process.env['OTEL_BSP_MAX_QUEUE_SIZE'];
  delete process.env['OTEL_EXPORTER_OTLP_TIMEOUT'];
  collector.close();
  collector.closeAllConnections();
});

function start(): SpanExporter {
  const settings = { serviceName: 'test', url: `http://127.0.0.1:${port}/v1/traces` };
  const exporter = exportInThread({ ...settings, timeOriginMs: 1_000_000 }, (problem) =>
    problems.push(problem),
  );
  if (!exporter) throw new Error('The script of the thread is missing: run npm run build first');
  return exporter;
}

function span(name: string): FinishedSpan {
  return {
    name,
    kind: 'internal',
    traceId: '0af7651916cd43dd8448eb211c80319c',
    spanId: 'b7ad6b7169203331',
    parentSpanId: undefined,
    startedAt: 10,
    endedAt: 12.5,
    attributes: { 'trellis.test': 7, absent: undefined },
  };
}

interface SentSpan {
  readonly name: string;
  readonly startTimeUnixNano: string;
  readonly endTimeUnixNano: string;
  readonly attributes: readonly unknown[];
}

interface Sent {
  readonly resourceSpans: readonly {
    readonly scopeSpans: readonly { readonly spans: readonly SentSpan[] }[];
  }[];
}

const sentSpans = (): SentSpan[] =>
  bodies.flatMap((body) =>
    (JSON.parse(body) as Sent).resourceSpans.flatMap(({ scopeSpans }) =>
      scopeSpans.flatMap(({ spans }) => spans),
    ),
  );

describe('the thread that sends spans', () => {
  test('sends what waits when it is stopped, and ends', async () => {
    const exporter = start();
    exporter.record(span('one'));
    exporter.record(span('two'));
    await exporter.stop();
    expect(sentSpans().map(({ name }) => name)).toEqual(['one', 'two']);
    expect(sentSpans()[0]).toMatchObject({
      startTimeUnixNano: '1000010000000',
      endTimeUnixNano: '1000012500000',
      attributes: [{ key: 'trellis.test', value: { intValue: 7 } }],
    });
    expect(started.map(({ threadId }) => threadId)).toEqual([-1]);
    expect(problems).toEqual([]);
  });

  test('sends all of many spans', async () => {
    const exporter = start();
    for (let at = 0; at < 1_200; at += 1) exporter.record(span(`number ${at}`));
    await exporter.stop();
    const names = sentSpans().map(({ name }) => name);
    expect(names).toHaveLength(1_200);
    expect(new Set(names).size).toBe(1_200);
  });

  test('lets no more spans wait than OTEL_BSP_MAX_QUEUE_SIZE says', async () => {
    process.env['OTEL_BSP_MAX_QUEUE_SIZE'] = '2';
    const exporter = start();
    for (const name of ['one', 'two', 'three']) exporter.record(span(name));
    expect(problems).toEqual(['more than 2 spans are waiting; those that come are dropped']);
    await exporter.stop();
    expect(sentSpans().map(({ name }) => name)).toEqual(['one', 'two']);
  });

  test('ends without a collector, and says that there is none', async () => {
    process.env['OTEL_EXPORTER_OTLP_TIMEOUT'] = '200';
    collector.close();
    const exporter = start();
    exporter.record(span('one'));
    await exporter.stop();
    expect(problems).toEqual([expect.stringMatching(/refused|timed? ?out/i)]);
    expect(started.map(({ threadId }) => threadId)).toEqual([-1]);
  });

  test('may end by itself: that is told, and nothing else fails', async () => {
    const exporter = start();
    const [thread] = started;
    await thread?.terminate();
    expect(problems).toEqual(['the thread that sends spans has ended']);
    exporter.record(span('one'));
    await exporter.stop();
    expect(sentSpans()).toEqual([]);
  });
});
