import { Agent } from 'node:http';
import type { GatewayProcess } from '../gateway-process.ts';
import { judgeAnswer } from './judge-answer.ts';
import { RequestMaker, type FuzzRequest } from './random-request.ts';
import { Random } from './random.ts';
import { sendRaw, type RawAnswer } from './send-raw.ts';

export interface Finding {
  /** What was wrong. */
  readonly problem: string;
  readonly request: FuzzRequest;
}

export interface FuzzOptions {
  readonly seed: number;
  readonly durationMs: number;
  /** An answer, or a look by another client, that takes longer is a finding. */
  readonly maxAnswerMs: number;
  readonly maxStallMs: number;
  /** Tells every answer. */
  readonly onAnswer?: (request: FuzzRequest, answer: RawAnswer) => void;
}

export interface FuzzResult {
  readonly requests: number;
  readonly findings: readonly Finding[];
  /** By status. */
  readonly statuses: ReadonlyMap<number, number>;
  readonly longestStallMs: number;
}

const probe: FuzzRequest = {
  method: 'POST',
  path: '/graphql',
  headers: { 'content-type': 'application/json' },
  body: '{"query":"{ __typename }"}',
};

/** Sends mutated operations, bodies and headers, one after the other, while another client looks how long it waits. */
export async function fuzz(gateway: GatewayProcess, options: FuzzOptions): Promise<FuzzResult> {
  const { seed, durationMs, maxAnswerMs, maxStallMs } = options;
  const maker = new RequestMaker(new Random(seed));
  const agent = new Agent({ keepAlive: true });
  const findings: Finding[] = [];
  const statuses = new Map<number, number>();
  const stalls = new StallProbe(gateway.url, maxAnswerMs);
  const endsAt = performance.now() + durationMs;
  let requests = 0;
  while (performance.now() < endsAt && !gateway.exit()) {
    const request = maker.make();
    requests += 1;
    const problem = await tryOne(request);
    const stallMs = stalls.take();
    if (problem !== undefined) findings.push({ problem, request });
    if (stallMs > maxStallMs && (await isStalling(request))) {
      findings.push({ problem: `another client waited ${Math.round(stallMs)} ms`, request });
    }
  }
  const exit = gateway.exit();
  if (exit)
    findings.push({ problem: `the process ended: ${JSON.stringify(exit)}`, request: probe });
  stalls.stop();
  agent.destroy();
  return { requests, findings, statuses, longestStallMs: stalls.longestMs };

  async function tryOne(request: FuzzRequest): Promise<string | undefined> {
    try {
      const answer = await sendRaw(gateway.url, request, { agent, timeoutMs: maxAnswerMs });
      if (!answer) return undefined;
      statuses.set(answer.status, (statuses.get(answer.status) ?? 0) + 1);
      options.onAnswer?.(request, answer);
      return judgeAnswer(answer);
    } catch (error) {
      return (error as Error).message;
    }
  }

  /**
   * A busy machine makes everybody wait now and then: what is the request's own doing happens again, and does not when
   * a trifle is asked instead.
   */
  async function isStalling(request: FuzzRequest): Promise<boolean> {
    for (let attempt = 0; attempt < 5; attempt += 1) {
      stalls.take();
      await tryOne(probe);
      if (stalls.take() > maxStallMs / 4) return false;
      const body = request.body.replace('"query":"', `"query":"# ${attempt}\\n`);
      await tryOne({ ...request, body });
      if (stalls.take() <= maxStallMs) return false;
    }
    return true;
  }
}

/** Another client that asks all the time. */
class StallProbe {
  readonly #agent = new Agent({ keepAlive: true });
  #worstMs = 0;
  #isStopped = false;
  longestMs = 0;

  constructor(url: string, timeoutMs: number) {
    void this.#look(url, timeoutMs);
  }

  /** @returns the longest wait since the last call, in milliseconds */
  take(): number {
    const worst = this.#worstMs;
    this.#worstMs = 0;
    return worst;
  }

  stop(): void {
    this.#isStopped = true;
    this.#agent.destroy();
  }

  async #look(url: string, timeoutMs: number): Promise<void> {
    while (!this.#isStopped) {
      const startedAt = performance.now();
      await sendRaw(url, probe, { agent: this.#agent, timeoutMs }).catch(() => undefined);
      const waited = performance.now() - startedAt;
      this.#worstMs = Math.max(this.#worstMs, waited);
      if (!this.#isStopped) this.longestMs = Math.max(this.longestMs, waited);
    }
  }
}
