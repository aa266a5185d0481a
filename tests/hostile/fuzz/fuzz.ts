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
  /** An answer that takes longer is a finding. */
  readonly maxAnswerMs: number;
  /** Work in one piece that takes more processor time is a finding: others wait for it. */
  readonly maxBlockMs: number;
  /** Tells every answer. */
  readonly onAnswer?: (request: FuzzRequest, answer: RawAnswer) => void;
}

export interface FuzzResult {
  readonly requests: number;
  readonly findings: readonly Finding[];
  /** By status. */
  readonly statuses: ReadonlyMap<number, number>;
  /** Processor time of the longest work in one piece. */
  readonly longestBlockMs: number;
  /** What another client waited at most: with what else the machine does meanwhile. */
  readonly longestWaitMs: number;
}

const probe: FuzzRequest = {
  method: 'POST',
  path: '/graphql',
  headers: { 'content-type': 'application/json' },
  body: '{"query":"{ __typename }"}',
};

/** Sends mutated operations, bodies and headers, one after the other, while another client looks how long it waits. */
export async function fuzz(gateway: GatewayProcess, options: FuzzOptions): Promise<FuzzResult> {
  const { seed, durationMs, maxAnswerMs, maxBlockMs } = options;
  const maker = new RequestMaker(new Random(seed));
  const agent = new Agent({ keepAlive: true });
  const findings: Finding[] = [];
  const statuses = new Map<number, number>();
  await sendRaw(gateway.url, probe, { agent, timeoutMs: maxAnswerMs });
  const waits = new WaitProbe(gateway.url, maxAnswerMs);
  const endsAt = performance.now() + durationMs;
  let requests = 0;
  let longestBlockMs = 0;
  await gateway.takeBlock();
  while (performance.now() < endsAt && !gateway.exit()) {
    const request = maker.make();
    requests += 1;
    const problem = await tryOne(request);
    if (problem !== undefined) findings.push({ problem, request });
    const blockMs = await takeBlockMs();
    longestBlockMs = Math.max(longestBlockMs, blockMs);
    if (blockMs > maxBlockMs && (await isBlocking(request))) {
      findings.push({ problem: `${Math.round(blockMs)} ms in one piece`, request });
    }
  }
  const exit = gateway.exit();
  if (exit)
    findings.push({ problem: `the process ended: ${JSON.stringify(exit)}`, request: probe });
  waits.stop();
  agent.destroy();
  return { requests, findings, statuses, longestBlockMs, longestWaitMs: waits.longestMs };

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

  /** The end of the process is found by the loop. */
  async function takeBlockMs(): Promise<number> {
    const block = await gateway.takeBlock().catch(() => undefined);
    return block?.cpuMs ?? 0;
  }

  /** A collection of garbage may fall into any request: what is the request's own doing happens every time. */
  async function isBlocking(request: FuzzRequest): Promise<boolean> {
    for (let attempt = 0; attempt < 3; attempt += 1) {
      const body = request.body.replace('"query":"', `"query":"# ${attempt}\\n`);
      await tryOne({ ...request, body });
      if ((await takeBlockMs()) <= maxBlockMs) return false;
    }
    return true;
  }
}

/** Another client that asks all the time. */
class WaitProbe {
  readonly #agent = new Agent({ keepAlive: true });
  #isStopped = false;
  longestMs = 0;

  constructor(url: string, timeoutMs: number) {
    void this.#look(url, timeoutMs);
  }

  stop(): void {
    this.#isStopped = true;
    this.#agent.destroy();
  }

  async #look(url: string, timeoutMs: number): Promise<void> {
    while (!this.#isStopped) {
      const startedAt = performance.now();
      await sendRaw(url, probe, { agent: this.#agent, timeoutMs }).catch(() => undefined);
      if (this.#isStopped) return;
      this.longestMs = Math.max(this.longestMs, performance.now() - startedAt);
    }
  }
}
