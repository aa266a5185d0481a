import { monitorEventLoopDelay } from 'node:perf_hooks';
import { echoQuery, startEchoSubgraph } from '../process/echo-subgraph.ts';
import { ask } from '../process/gateway-here.ts';
import { startGatewayProcess } from '../process/gateway-process.ts';
import { percentile, startSteadyLoad, type Outcome } from '../process/steady-load.ts';

export interface OverloadOptions {
  readonly settings: object;
  /** Requests a second before, during and after. */
  readonly normalRate: number;
  readonly overloadRate: number;
  readonly normalSeconds: number;
  readonly overloadSeconds: number;
  /** How long the subgraph takes for each answer. */
  readonly subgraphMs: number;
}

/** Every request of the run, with times from its start, and what they come to. */
export interface OverloadResult {
  readonly outcomes: readonly Outcome[];
  /** When overload began and ended. */
  readonly fromMs: number;
  readonly toMs: number;
  readonly answered: number;
  readonly shed: number;
  /** Neither a whole answer nor a refusal with `Retry-After`. */
  readonly lost: readonly string[];
  readonly answeredP50Ms: number;
  readonly answeredP99Ms: number;
  readonly shedP50Ms: number;
  readonly shedP99Ms: number;
  /** From the end of the overload until every answer is whole again, and as quick as before. */
  readonly recoveryMs: number;
  /** Health probes during the overload, and the slowest of them. */
  readonly probes: number;
  readonly probeFailures: number;
  readonly slowestProbeMs: number;
  /** How late the event loop of load and subgraph was, 99th percentile: what they add to every time measured. */
  readonly clientDelayP99Ms: number;
}

/** More than this many connections would be a test of the client. */
const connections = 4_000;

/** Runs a gateway in a process of its own: normal load, far too much, normal load again (open loop). */
export async function runOverload(options: OverloadOptions): Promise<OverloadResult> {
  const subgraph = await startEchoSubgraph();
  subgraph.delayMs = options.subgraphMs;
  const gateway = startGatewayProcess({
    supergraph: subgraph.supergraph(),
    settings: options.settings,
  });
  try {
    const url = await gateway.ready;
    await ask(url, echoQuery, 0);
    return await runPhases(url, options);
  } finally {
    await gateway.dispose();
    await subgraph.stop();
  }
}

async function runPhases(url: string, options: OverloadOptions): Promise<OverloadResult> {
  const { normalRate, overloadRate, normalSeconds, overloadSeconds } = options;
  const normalMs = normalSeconds * 1_000;
  const load = startSteadyLoad(url, {
    connections,
    maxUnderWay: connections,
    perSecond: normalRate,
    burst: { perSecond: overloadRate, fromMs: normalMs, toMs: normalMs + overloadSeconds * 1_000 },
  });
  const toMs = normalMs + overloadSeconds * 1_000;
  const probes = watchProbes(url, () => load.elapsedMs() > normalMs && load.elapsedMs() < toMs);
  await new Promise((resolve) => setTimeout(resolve, normalMs));
  const delay = monitorEventLoopDelay({ resolution: 5 });
  delay.enable();
  await new Promise((resolve) => setTimeout(resolve, toMs - normalMs));
  delay.disable();
  const clientDelayP99Ms = Math.round(delay.percentile(99) / 1_000_000);
  await new Promise((resolve) => setTimeout(resolve, normalMs));
  const outcomes = await load.stop();
  return { ...judge(outcomes, normalMs, toMs), ...(await probes.stop()), clientDelayP99Ms };
}

function judge(outcomes: readonly Outcome[], fromMs: number, toMs: number) {
  const isShed = ({ status, retryAfter }: Outcome): boolean =>
    (status === 503 || status === 429) && retryAfter !== undefined;
  const during = outcomes.filter(({ startedMs }) => startedMs >= fromMs && startedMs < toMs);
  const answered = during.filter(({ isWhole }) => isWhole).map(({ elapsedMs }) => elapsedMs);
  const shed = during.filter(isShed).map(({ elapsedMs }) => elapsedMs);
  const before = outcomes.filter(({ startedMs }) => startedMs < fromMs);
  const usualMs =
    2 *
      percentile(
        before.map(({ elapsedMs }) => elapsedMs),
        0.99,
      ) +
    100;
  const unusual = outcomes.filter(
    ({ startedMs, isWhole, elapsedMs }) => startedMs >= toMs && (!isWhole || elapsedMs > usualMs),
  );
  return {
    outcomes,
    fromMs,
    toMs,
    answered: answered.length,
    shed: shed.length,
    lost: outcomes.flatMap((outcome) => (isShed(outcome) ? [] : (outcome.problem ?? []))),
    answeredP50Ms: percentile(answered, 0.5),
    answeredP99Ms: percentile(answered, 0.99),
    shedP50Ms: percentile(shed, 0.5),
    shedP99Ms: percentile(shed, 0.99),
    recoveryMs: Math.round(Math.max(0, ...unusual.map(({ startedMs }) => startedMs - toMs))),
  };
}

interface ProbeResult {
  readonly probes: number;
  readonly probeFailures: number;
  readonly slowestProbeMs: number;
}

/** Asks for liveness and readiness ten times a second. */
function watchProbes(url: string, isOverloaded: () => boolean): { stop(): Promise<ProbeResult> } {
  const times: number[] = [];
  let failures = 0;
  const underWay = new Set<Promise<void>>();
  async function probe(path: string): Promise<void> {
    const startedAt = performance.now();
    const isOk = await fetch(url + path).then(
      ({ ok }) => ok,
      () => false,
    );
    times.push(performance.now() - startedAt);
    if (!isOk) failures += 1;
  }
  const timer = setInterval(() => {
    if (!isOverloaded()) return;
    const asked = probe(times.length % 2 === 0 ? '/health/live' : '/health/ready');
    underWay.add(asked);
    void asked.finally(() => underWay.delete(asked));
  }, 100);
  return {
    async stop() {
      clearInterval(timer);
      await Promise.all(underWay);
      const slowestProbeMs = Math.round(Math.max(0, ...times));
      return { probes: times.length, probeFailures: failures, slowestProbeMs };
    },
  };
}
