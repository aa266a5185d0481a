import { afterEach, describe, expect, test } from '@jest/globals';
import { createDeadline } from '@trellis/platform/deadline';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { anonymous } from '@trellis/platform/identity';
import { createLog, type Logger } from '@trellis/platform/log';
import { Bulkhead } from './bulkhead.ts';
import { CircuitBreaker } from './circuit-breaker.ts';
import { Landing } from './deadline.ts';
import { deduplicate } from './deduplicate.ts';
import type { FetchContext } from './fetch-context.ts';
import { FetchFailure, type FailureFacts } from './fetch-failure.ts';
import { Flight } from './flight.ts';
import { createHeaderWriter } from './headers.ts';
import { Layer } from './layer.ts';
import { trafficDefaults, trafficFor } from './options.ts';
import { createRetryBudget } from './retry-budget.ts';
import { Retry } from './retry.ts';
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

const keeper = { subgraph: 'orders', timeoutMs: 5_000, onOver: () => undefined };
const flights: Flight[] = [];
afterEach(() => {
  for (const flight of flights.splice(0)) flight.settle(good, undefined);
});

/** A flight that somebody waits for. */
function createFlight(asked: SubgraphRequest = request(), limitMs = 5_000): Flight {
  const flight = new Flight(keeper, asked, caller, limitMs);
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

type Settle = (response: SubgraphResponse | undefined, reason: unknown) => void;

/** Stands where the socket would be. */
class Innermost extends Layer {
  readonly #answer: (settle: Settle, fetch: FetchContext) => void;

  constructor(answer: (settle: Settle, fetch: FetchContext) => void) {
    super();
    this.#answer = answer;
  }

  send(fetch: FetchContext): void {
    this.#answer((response, reason) => this.outer.settle(fetch, response, reason), fetch);
  }

  settle(): void {
    throw new Error('Nothing is further in.');
  }
}

/** Tells the outcome to whoever asked, and fails when it is told twice. */
class Outermost extends Layer {
  readonly #waiting = new Map<FetchContext, Settle>();

  ask(fetch: FetchContext): Promise<SubgraphResponse> {
    return new Promise((resolve, reject) => {
      this.#waiting.set(fetch, (response, reason) => {
        if (response) resolve(response);
        else reject(reason);
      });
      this.send(fetch);
    });
  }

  send(fetch: FetchContext): void {
    this.inner.send(fetch);
  }

  settle(fetch: FetchContext, response: SubgraphResponse | undefined, reason: unknown): void {
    const settle = this.#waiting.get(fetch);
    if (!settle) throw new Error('The outcome was told twice.');
    this.#waiting.delete(fetch);
    settle(response, reason);
  }
}

type PromisedFetch = (fetch: FetchContext) => Promise<SubgraphResponse>;

/** A fetch through one layer. */
function through(
  layer: Layer,
  answer: (settle: Settle, fetch: FetchContext) => void,
): PromisedFetch {
  const outermost = new Outermost();
  Layer.chain(outermost, layer, new Innermost(answer));
  return (fetch) => outermost.ask(fetch);
}

/** Answers later, well or badly. */
function answering(isFailing: () => boolean): (settle: Settle) => void {
  return (settle) =>
    void setImmediate(() => (isFailing() ? settle(undefined, failure()) : settle(good, undefined)));
}

/** Fails the first `times` calls. */
function failing(times: number, facts: Partial<FailureFacts> = {}) {
  const calls: number[] = [];
  const answer = (settle: Settle, { attempt }: FetchContext): void => {
    calls.push(attempt);
    const isGood = calls.length > times;
    setImmediate(() => (isGood ? settle(good, undefined) : settle(undefined, failure(facts))));
  };
  return { answer, calls };
}

describe('retry', () => {
  const retried = (answer: (settle: Settle, fetch: FetchContext) => void): PromisedFetch =>
    through(new Retry(trafficDefaults.retry), answer);

  test('sends a query again, as another attempt, until it is answered', async () => {
    const { answer, calls } = failing(2);
    await expect(retried(answer)(createFlight())).resolves.toBe(good);
    expect(calls).toEqual([0, 1, 2]);
  });

  test('never sends a mutation again', async () => {
    const { answer, calls } = failing(1);
    await expect(retried(answer)(createFlight(request('mutation')))).rejects.toThrow(FetchFailure);
    expect(calls).toEqual([0]);
  });

  test('does not repeat what an answer had begun for', async () => {
    const { answer, calls } = failing(1, { isRetryable: false });
    await expect(retried(answer)(createFlight())).rejects.toThrow(FetchFailure);
    expect(calls).toEqual([0]);
  });

  test('keeps to a Retry-After that fits into the time, and gives up on one that does not', async () => {
    const soon = failing(1, { retryAfterMs: 120 });
    const startedAt = performance.now();
    await retried(soon.answer)(createFlight());
    expect(performance.now() - startedAt).toBeGreaterThanOrEqual(115);
    const late = failing(1, { retryAfterMs: 60_000 });
    await expect(retried(late.answer)(createFlight())).rejects.toThrow(FetchFailure);
    expect(late.calls).toEqual([0]);
  });

  test('stops waiting when everyone has left', async () => {
    const { answer, calls } = failing(1, { retryAfterMs: 1_000 });
    const gone = new AbortController();
    const leaving = { ...caller, signal: gone.signal };
    const flight = new Flight(keeper, request(), leaving, 5_000);
    const left = flight.join(leaving, 5_000);
    const ended = retried(answer)(flight);
    await nextTurn(); // The first try has failed, and the second waits.
    gone.abort();
    await expect(left).rejects.toMatchObject({ code: 'DEADLINE_EXCEEDED' });
    await expect(ended).rejects.toMatchObject({ code: 'DEADLINE_EXCEEDED' });
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

  test.each(['-5', '1.5', '5, 5', '', 'soon', '0x10', 'May', '1e3', '٣'])(
    'takes %j for no Retry-After',
    (header) => {
      expect(readRetryAfter(header)).toBeUndefined();
    },
  );

  test('waits a year at most, whatever a Retry-After asks for', () => {
    const yearMs = 365 * 24 * 3_600_000;
    for (const header of ['99999999999', '9'.repeat(400), 'Fri, 31 Dec 9999 23:59:59 GMT']) {
      expect(readRetryAfter(header)).toBe(yearMs);
    }
    expect(readRetryAfter('0')).toBe(0);
    expect(readRetryAfter('Wed, 21 Oct 2015 07:28:00 GMT')).toBe(0);
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
    const fetch = through(new Bulkhead('orders', { maxConcurrent: 2, maxQueued: 1 }), (settle) => {
      finish.push(() => settle(good, undefined));
    });
    const running = [1, 2, 3].map(() => fetch(createFlight()));
    await expect(fetch(createFlight())).rejects.toMatchObject({ blame: 'gateway' });
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
    const bulkhead = new Bulkhead('orders', { maxConcurrent: 1, maxQueued: 20_000 });
    const fetch = through(bulkhead, (settle) => {
      if (isFailing) settle(undefined, failure());
      else finish.push(() => settle(good, undefined));
    });
    const all = Array.from({ length: 20_000 }, () => fetch(createFlight()));
    isFailing = true;
    finish[0]?.();
    const outcomes = await Promise.allSettled(all);
    expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
  });

  test('gives the place of one who left the queue to the next', async () => {
    const finish: (() => void)[] = [];
    const fetch = through(new Bulkhead('orders', { maxConcurrent: 1, maxQueued: 5 }), (settle) => {
      finish.push(() => settle(good, undefined));
    });
    const first = fetch(createFlight());
    const left = fetch(createFlight(request(), 30));
    const last = fetch(createFlight());
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
    const refused = failure();
    const answer = (settle: Settle): void => settle(undefined, refused);
    const fetch = deduplicate(Layer.chain(new Landing(), new Innermost(answer)), {
      subgraph: 'orders',
      timeoutMs: 1_000,
      callers: { hash: () => 0, isSame: () => true },
    });
    await expect(fetch(request(), caller)).rejects.toBe(refused);
    await expect(fetch(request(), caller)).rejects.toBe(refused);
  });
});

describe('the log of a breaker', () => {
  test('has one line when it opens and one when it closes', async () => {
    const lines: string[] = [];
    const write = (line: string): void => void lines.push(line);
    const log = { warn: write, info: write } as unknown as Logger;
    const settings = { ...trafficDefaults.breaker, minRequests: 1, openMs: 0, probes: 1 };
    const state = { isFailing: true };
    const fetch = through(
      new CircuitBreaker({ subgraph: 'orders', settings, callerKey: undefined, log }),
      answering(() => state.isFailing),
    );
    await expect(fetch(createFlight())).rejects.toThrow(FetchFailure);
    state.isFailing = false;
    await fetch(createFlight());
    await fetch(createFlight());
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
    const fetch = through(
      new CircuitBreaker({ subgraph: 'orders', settings, callerKey, log }),
      answering(() => state.isFailing),
    );
    return { fetch, state };
  }

  test('is null for queries and an error for mutations where null is declared', async () => {
    const { fetch, state } = open('null');
    state.isFailing = true;
    await expect(fetch(createFlight())).rejects.toThrow(FetchFailure);
    await expect(fetch(createFlight())).resolves.toEqual({
      data: null,
      errors: undefined,
      extensions: undefined,
    });
    await expect(fetch(createFlight(request('mutation')))).rejects.toThrow(FetchFailure);
  });

  test('is the last good answer to the same question of an equal caller, and of nobody else', async () => {
    const { fetch, state } = open('last-good', (context) => (context as FetchContext).id);
    await fetch(createFlight(request('query', 'known')));
    state.isFailing = true;
    for (let round = 0; round < 3; round += 1) {
      await fetch(createFlight(request('query', 'other'))).catch(() => undefined);
    }
    await expect(fetch(createFlight(request('query', 'known')))).resolves.toBe(good);
    await expect(fetch(createFlight(request('query', 'other')))).rejects.toThrow(FetchFailure);
    const other = { ...caller, id: 'request-2' };
    const stranger = new Flight(keeper, request('query', 'known'), other, 100);
    flights.push(stranger);
    await expect(fetch(stranger)).rejects.toThrow(FetchFailure);
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
