import { afterEach, describe, expect, test } from '@jest/globals';
import { createDeadline } from '@trellis/platform/deadline';
import { anonymous } from '@trellis/platform/identity';
import { createLog, type Logger } from '@trellis/platform/log';
import { bulkhead } from './bulkhead.ts';
import { circuitBreaker } from './circuit-breaker.ts';
import { deadline } from './deadline.ts';
import type { BoundedFetch, FetchContext } from './fetch-context.ts';
import { FetchFailure, type FailureFacts } from './fetch-failure.ts';
import { Flight } from './flight.ts';
import { createHeaderWriter } from './headers.ts';
import { trafficDefaults, trafficFor } from './options.ts';
import { createRetryBudget } from './retry-budget.ts';
import { retry } from './retry.ts';
import { readRetryAfter } from './read-retry-after.ts';
import type { SubgraphRequest, SubgraphResponse } from './subgraph-fetch.ts';

const good: SubgraphResponse = { data: { a: 1 }, errors: undefined, extensions: undefined };
const caller = {
  id: 'request-1',
  identity: anonymous,
  headers: {},
  signal: new AbortController().signal,
  deadline: createDeadline(60_000),
  trace: { traceId: '1'.repeat(32), parentId: '2'.repeat(16), sampled: false, state: undefined },
};

const flights: Flight[] = [];
afterEach(() => {
  for (const flight of flights.splice(0)) flight.succeed(good);
});

function createContext(limitMs = 5_000): Flight {
  const flight = new Flight('orders', caller, { limitMs, limitedBy: 'subgraph' });
  void flight.join(caller, limitMs).catch(() => undefined);
  flights.push(flight);
  return flight;
}

function request(kind: SubgraphRequest['kind'] = 'query', body = '{}'): SubgraphRequest {
  return { subgraph: 'orders', kind, operationName: undefined, body, fields: ['orders'] };
}

function failure(facts: Partial<FailureFacts> = {}): FetchFailure {
  return new FetchFailure('SUBGRAPH_UNAVAILABLE', 'orders', {
    detail: 'made by a test',
    blame: 'subgraph',
    isRetryable: true,
    ...facts,
  });
}

type PromisedFetch = (request: SubgraphRequest, context: FetchContext) => Promise<SubgraphResponse>;

/** A fetch that ends as a promise does. */
function bounded(fetch: PromisedFetch): BoundedFetch {
  return (asked, context, settle) => {
    fetch(asked, context).then(
      (response) => settle(response, undefined),
      (reason: unknown) => settle(undefined, reason),
    );
  };
}

/** The other way round, to be waited for. It fails when the outcome is told twice. */
function promised(fetch: BoundedFetch): PromisedFetch {
  return (asked, context) =>
    new Promise((resolve, reject) => {
      let outcomes = 0;
      fetch(asked, context, (response, reason) => {
        outcomes += 1;
        if (outcomes > 1) throw new Error('The outcome was told twice.');
        if (response) resolve(response);
        else reject(reason);
      });
    });
}

/** Fails the first `times` calls. */
function failing(times: number, facts: Partial<FailureFacts> = {}) {
  const calls: number[] = [];
  const fetch = bounded((_request, context) => {
    calls.push(context.attempt);
    return calls.length > times ? Promise.resolve(good) : Promise.reject(failure(facts));
  });
  return { fetch, calls };
}

describe('retry', () => {
  const layer = (fetch: BoundedFetch): PromisedFetch =>
    promised(retry(trafficDefaults.retry)(fetch));

  test('sends a query again, as another attempt, until it is answered', async () => {
    const { fetch, calls } = failing(2);
    await expect(layer(fetch)(request(), createContext())).resolves.toBe(good);
    expect(calls).toEqual([0, 1, 2]);
  });

  test('never sends a mutation again', async () => {
    const { fetch, calls } = failing(1);
    await expect(layer(fetch)(request('mutation'), createContext())).rejects.toThrow(FetchFailure);
    expect(calls).toEqual([0]);
  });

  test('does not repeat what an answer had begun for', async () => {
    const { fetch, calls } = failing(1, { isRetryable: false });
    await expect(layer(fetch)(request(), createContext())).rejects.toThrow(FetchFailure);
    expect(calls).toEqual([0]);
  });

  test('keeps to a Retry-After that fits into the time, and gives up on one that does not', async () => {
    const soon = failing(1, { retryAfterMs: 120 });
    const startedAt = performance.now();
    await layer(soon.fetch)(request(), createContext());
    expect(performance.now() - startedAt).toBeGreaterThanOrEqual(115);
    const late = failing(1, { retryAfterMs: 60_000 });
    await expect(layer(late.fetch)(request(), createContext())).rejects.toThrow(FetchFailure);
    expect(late.calls).toEqual([0]);
  });

  test('stops waiting when everyone has left', async () => {
    const { fetch, calls } = failing(1, { retryAfterMs: 1_000 });
    const gone = new AbortController();
    const flight = new Flight(
      'orders',
      { ...caller, signal: gone.signal },
      { limitMs: 5_000, limitedBy: 'subgraph' },
    );
    const left = flight.join({ ...caller, signal: gone.signal }, 5_000);
    const retried = layer(fetch)(request(), flight);
    gone.abort();
    await expect(left).rejects.toMatchObject({ code: 'DEADLINE_EXCEEDED' });
    await expect(retried).rejects.toMatchObject({ code: 'DEADLINE_EXCEEDED' });
    expect(calls).toEqual([0]);
  });

  test('spends no more than its budget: ten a second and a share of the traffic', () => {
    const clock = { nowMs: 0 };
    const budget = createRetryBudget(20, () => clock.nowMs);
    for (let first = 0; first < 100; first += 1) budget.deposit();
    const allowed = Array.from({ length: 100 }, () => budget.withdraw()).filter(Boolean);
    expect(allowed.length).toBeGreaterThanOrEqual(29);
    expect(allowed.length).toBeLessThanOrEqual(30);
    clock.nowMs += 1_000;
    expect(Array.from({ length: 20 }, () => budget.withdraw()).filter(Boolean)).toHaveLength(10);
  });

  test('reads Retry-After as seconds or as a date', () => {
    expect(readRetryAfter('3')).toBe(3_000);
    expect(readRetryAfter('Thu, 01 Jan 1970 00:00:05 GMT', 2_000)).toBe(3_000);
    expect(readRetryAfter('soon')).toBeUndefined();
    expect(readRetryAfter(undefined)).toBeUndefined();
  });
});

describe('the bulkhead', () => {
  test('runs so many at once, queues so many, and refuses the rest at once', async () => {
    const finish: (() => void)[] = [];
    const fetch = promised(
      bulkhead('orders', { maxConcurrent: 2, maxQueued: 1 })((_request, _context, settle) => {
        finish.push(() => settle(good, undefined));
      }),
    );
    const running = [1, 2, 3].map(() => fetch(request(), createContext()));
    await expect(fetch(request(), createContext())).rejects.toMatchObject({ blame: 'gateway' });
    expect(finish).toHaveLength(2);
    finish[0]?.();
    await running[0];
    await Promise.resolve();
    expect(finish).toHaveLength(3);
    for (const each of finish.slice(1)) each();
    await expect(Promise.all(running)).resolves.toHaveLength(3);
  });

  test('lets thousands wait for fetches that fail at once', async () => {
    let isFailing = false;
    const finish: (() => void)[] = [];
    const fetch = promised(
      bulkhead('orders', { maxConcurrent: 1, maxQueued: 20_000 })((_request, _context, settle) => {
        if (isFailing) settle(undefined, failure());
        else finish.push(() => settle(good, undefined));
      }),
    );
    const context = createContext();
    const all = Array.from({ length: 20_000 }, () => fetch(request(), context));
    isFailing = true;
    finish[0]?.();
    const outcomes = await Promise.allSettled(all);
    expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
  });

  test('gives the place of one who left the queue to the next', async () => {
    const finish: (() => void)[] = [];
    const fetch = promised(
      bulkhead('orders', { maxConcurrent: 1, maxQueued: 5 })((_request, _context, settle) => {
        finish.push(() => settle(good, undefined));
      }),
    );
    const first = fetch(request(), createContext());
    const left = fetch(request(), createContext(30));
    const last = fetch(request(), createContext());
    await expect(left).rejects.toMatchObject({ code: 'SUBGRAPH_TIMEOUT' });
    finish[0]?.();
    await first;
    await new Promise((resolve) => setImmediate(resolve));
    finish[1]?.();
    await expect(last).resolves.toBe(good);
  });
});

describe('the deadline', () => {
  test('tells whoever asked an outcome that was known at once', async () => {
    const limits = { limitMs: 1_000, limitedBy: 'subgraph' } as const;
    const refused = failure();
    const start = deadline('orders', (_request, _context, settle) => settle(undefined, refused));
    const answered = deadline('orders', (_request, _context, settle) => settle(good, undefined));
    await expect(start(request(), caller, limits).join(caller, 1_000)).rejects.toBe(refused);
    await expect(answered(request(), caller, limits).join(caller, 1_000)).resolves.toBe(good);
  });
});

describe('the log of a breaker', () => {
  test('has one line when it opens and one when it closes', async () => {
    const lines: string[] = [];
    const write = (line: string): void => void lines.push(line);
    const log = { warn: write, info: write } as unknown as Logger;
    const settings = { ...trafficDefaults.breaker, minRequests: 1, openMs: 0, probes: 1 };
    const state = { isFailing: true };
    const fetch = promised(
      circuitBreaker({ subgraph: 'orders', settings, callerKey: undefined, log })(
        bounded(() => (state.isFailing ? Promise.reject(failure()) : Promise.resolve(good))),
      ),
    );
    await expect(fetch(request(), createContext())).rejects.toThrow(FetchFailure);
    state.isFailing = false;
    await fetch(request(), createContext());
    await fetch(request(), createContext());
    expect(lines).toEqual([
      'the circuit breaker has opened: nothing is sent for a while',
      'the circuit breaker has closed: the subgraph answers again',
    ]);
  });
});

describe('the fallback of an open breaker', () => {
  function open(fallback: 'null' | 'last-good', callerKey?: (context: object) => string) {
    const settings = { ...trafficDefaults.breaker, minRequests: 1, fallback };
    const state = { isFailing: false };
    const log = createLog('test', { LOG_LEVEL: 'silent' });
    const fetch = promised(
      circuitBreaker({ subgraph: 'orders', settings, callerKey, log })(
        bounded(() => (state.isFailing ? Promise.reject(failure()) : Promise.resolve(good))),
      ),
    );
    return { fetch, state };
  }

  test('is null for queries and an error for mutations where null is declared', async () => {
    const { fetch, state } = open('null');
    state.isFailing = true;
    await expect(fetch(request(), createContext())).rejects.toThrow(FetchFailure);
    await expect(fetch(request(), createContext())).resolves.toEqual({
      data: null,
      errors: undefined,
      extensions: undefined,
    });
    await expect(fetch(request('mutation'), createContext())).rejects.toThrow(FetchFailure);
  });

  test('is the last good answer to the same question of an equal caller, and of nobody else', async () => {
    const { fetch, state } = open('last-good', (context) => (context as FetchContext).id);
    await fetch(request('query', 'known'), createContext());
    state.isFailing = true;
    for (let round = 0; round < 3; round += 1) {
      await fetch(request('query', 'other'), createContext()).catch(() => undefined);
    }
    await expect(fetch(request('query', 'known'), createContext())).resolves.toBe(good);
    await expect(fetch(request('query', 'other'), createContext())).rejects.toThrow(FetchFailure);
    const stranger = new Flight(
      'orders',
      { ...caller, id: 'request-2' },
      { limitMs: 100, limitedBy: 'subgraph' },
    );
    flights.push(stranger);
    await expect(fetch(request('query', 'known'), stranger)).rejects.toThrow(FetchFailure);
  });
});

describe('headers to subgraphs', () => {
  const options = { subgraph: 'orders', signIdentity: undefined, acceptsCompressed: false };

  test('hold client headers only where they are named, and never those of the connection or of the wire', () => {
    const propagate = [
      'accept-language',
      'host',
      'connection',
      'trellis-identity',
      'content-length',
    ];
    const headers = Object.fromEntries([...propagate, 'cookie'].map((name) => [name, 'sent']));
    const { write } = createHeaderWriter({ ...options, propagate });
    const written = write({ ...caller, headers }).toList();
    const values = written.filter((_each, at) => at % 2 === 1);
    expect(values.filter((value) => value === 'sent')).toHaveLength(1);
    expect(written).toContain('accept-language');
  });

  test('that differ keep callers apart', () => {
    const { callerKey } = createHeaderWriter({ ...options, propagate: ['accept-language'] });
    const german = { ...caller, headers: { 'accept-language': 'de' } };
    expect(callerKey(german)).not.toBe(callerKey(caller));
    expect(callerKey(german)).toBe(callerKey({ ...german, id: 'request-2' }));
  });
});

describe('the settings of one subgraph', () => {
  test('go before those of all, section by section and key by key', () => {
    const traffic = trafficFor('orders', {
      all: { timeoutMs: 1_000, retry: { attempts: 5, backoffMs: 7 } },
      orders: { retry: { attempts: 0 } },
    });
    expect(traffic.timeoutMs).toBe(1_000);
    expect(traffic.retry).toEqual({ ...trafficDefaults.retry, attempts: 0, backoffMs: 7 });
  });

  test('give a subgraph three seconds and sixteen megabytes where nothing is said', () => {
    expect(trafficFor('orders', {})).toMatchObject({
      timeoutMs: 3_000,
      connectTimeoutMs: 2_000,
      maxResponseBytes: 16 * 1024 * 1024,
    });
  });
});
