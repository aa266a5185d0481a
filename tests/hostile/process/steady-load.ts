import { Agent, request, type Dispatcher } from 'undici';
import { echoQuery } from './echo-subgraph.ts';

/** What one request came to. */
export interface Outcome {
  /** 0: no answer came. */
  readonly status: number;
  readonly isWhole: boolean;
  /** What went wrong, for messages. */
  readonly problem: string | undefined;
  readonly retryAfter: string | undefined;
  /** Since the load began. */
  readonly startedMs: number;
  readonly elapsedMs: number;
}

export interface SteadyLoad {
  /** Since it began. */
  readonly elapsedMs: () => number;
  readonly outcomes: Outcome[];
  /** Sends no more. @returns when everything sent has its outcome */
  stop(): Promise<readonly Outcome[]>;
}

export interface LoadOptions {
  readonly perSecond: number;
  /** Another rate for a while. */
  readonly burst?: { readonly perSecond: number; readonly fromMs: number; readonly toMs: number };
  readonly connections?: number;
  readonly timeoutMs?: number;
  /** So many wait for their answers at most: on a machine that cannot keep up, what is due is sent later. */
  readonly maxUnderWay?: number;
  /** Whether each request comes on a connection of its own. */
  readonly isFresh?: boolean;
}

/**
 * Asks at a steady rate whether answers come or not (open loop, up to `maxUnderWay`), each request another one. A client
 * that finds its connection closed before anything was sent opens another, as clients do.
 */
export function startSteadyLoad(url: string, options: LoadOptions): SteadyLoad {
  const { connections = 50, timeoutMs = 40_000, maxUnderWay = 200, isFresh = false } = options;
  const agent = new Agent({ connections, pipelining: 1, keepAliveTimeout: 30_000 });
  const outcomes: Outcome[] = [];
  const underWay = new Set<Promise<void>>();
  const startedAt = performance.now();
  let sent = 0;

  async function askOnce(n: number): Promise<void> {
    const at = performance.now();
    const signal = AbortSignal.timeout(timeoutMs);
    const came = await askFor(n, url, { dispatcher: agent, reset: isFresh, signal });
    outcomes.push({ ...came, startedMs: at - startedAt, elapsedMs: performance.now() - at });
  }

  const timer = setInterval(() => {
    const due = countDue(performance.now() - startedAt, options);
    while (sent < due && underWay.size < maxUnderWay) {
      sent += 1;
      const asked = askOnce(sent).finally(() => underWay.delete(asked));
      underWay.add(asked);
    }
  }, 4);
  return {
    outcomes,
    elapsedMs: () => performance.now() - startedAt,
    async stop() {
      clearInterval(timer);
      await Promise.all(underWay);
      await agent.close();
      return outcomes;
    },
  };
}

type Sending = Pick<Dispatcher.RequestOptions, 'reset' | 'signal'> & {
  readonly dispatcher: Dispatcher;
};

/** @param n what is to be echoed @returns what came of it, whatever that is */
async function askFor(
  n: number,
  url: string,
  sending: Sending,
): Promise<Omit<Outcome, 'startedMs' | 'elapsedMs'>> {
  try {
    const { statusCode, headers, body } = await request(`${url}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ query: echoQuery, variables: { n } }),
      ...sending,
    });
    const text = await body.text();
    const isWhole = statusCode === 200 && text === `{"data":{"echo":${n}}}`;
    const retryAfter = headers['retry-after'];
    return {
      status: statusCode,
      isWhole,
      problem: isWhole ? undefined : `${statusCode} ${text.slice(0, 200)}`,
      retryAfter: typeof retryAfter === 'string' ? retryAfter : undefined,
    };
  } catch (error) {
    const { message, code } = error as NodeJS.ErrnoException;
    const problem = `${code ?? ''} ${message}`;
    return { status: 0, isWhole: false, problem, retryAfter: undefined };
  }
}

/** How many requests are to have been sent by now. */
function countDue(elapsedMs: number, { perSecond, burst }: LoadOptions): number {
  if (!burst) return (elapsedMs / 1_000) * perSecond;
  const inBurstMs = Math.max(0, Math.min(elapsedMs, burst.toMs) - burst.fromMs);
  return ((elapsedMs - inBurstMs) * perSecond + inBurstMs * burst.perSecond) / 1_000;
}

/**
 * What was lost when a process was told to stop under load: of what was sent before, whatever has no whole answer; of
 * what came later, whatever went wrong but for a connection that nobody took up any more. Who connects when the port is
 * being closed, or sends on a connection that is being closed, is cut off, and nothing was asked for it.
 * @param toldMs when it was told, since the load began
 */
export function lostAtStop(outcomes: readonly Outcome[], toldMs: number): string[] {
  const isLate = ({ startedMs }: Outcome): boolean => startedMs > toldMs;
  return [
    ...problemsOf(outcomes.filter((outcome) => !isLate(outcome))),
    ...problemsOf(outcomes.filter(isLate)).filter(
      (problem) => !/ECONNREFUSED|UND_ERR_SOCKET|ECONNRESET|EPIPE/.test(problem),
    ),
  ];
}

export function problemsOf(outcomes: readonly Outcome[]): string[] {
  return outcomes.flatMap(({ problem }) => problem ?? []);
}

/** @param share 0.99 for the 99th percentile */
export function percentile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return Math.round(sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0);
}
