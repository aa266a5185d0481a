import type { Logger } from '@trellis/platform/log';
import { startTracing } from '@trellis/platform/start-tracing';
import { startAccessLog } from './access-log.ts';
import type { HealthAnswers } from './admin-listener.ts';
import { describeState } from './describe-state.ts';
import { readListenAddress } from './listen-address.ts';
import type { ServedGraph } from './collect-state.ts';
import type { TelemetryOptions } from './options.ts';

export interface TelemetryInput {
  readonly options: TelemetryOptions;
  readonly log: Logger;
  readonly env: NodeJS.ProcessEnv;
  readonly health: HealthAnswers;
  /** What is served at this moment; undefined before the first supergraph is there. */
  readonly served: () => ServedGraph | undefined;
  /** Whether a supervisor collects the metrics of this process and others. */
  readonly isWorker: boolean;
}

export interface Telemetry {
  /** Where metrics are read, such as `http://127.0.0.1:9464`. Undefined when they are off. */
  readonly url: string | undefined;
  /** Writes and sends what is waiting. Never rejects. */
  stop(): Promise<void>;
}

/**
 * Starts everything that listens, as far as the settings ask for it. What is off is not loaded.
 * @throws Error with one clear message
 */
export async function startTelemetry(input: TelemetryInput): Promise<Telemetry> {
  const stops: (() => Promise<void> | void)[] = [];
  async function stop(): Promise<void> {
    for (const each of stops.splice(0).reverse()) await each();
  }
  try {
    stops.push(startLogs(input));
    stops.push(await startSpans(input));
    stops.push(await startUsage(input));
    stops.push(await startAudit(input));
    const listener = await startMetrics(input);
    if (listener) stops.push(() => listener.stop());
    return { url: listener?.url, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

function startLogs({ options, log }: TelemetryInput): () => void {
  const { accessLog, accessLogRatio, slowRequestMs } = options;
  if (accessLog === 'none' && slowRequestMs === 0) return () => undefined;
  return startAccessLog(log, { which: accessLog, ratio: accessLogRatio, slowRequestMs });
}

async function startSpans({ options, env, log }: TelemetryInput): Promise<() => Promise<void>> {
  const { endpoint, sampleRatio, followsClients } = options.tracing;
  const tracing = await startTracing({
    serviceName: 'gateway',
    endpoint,
    sampleRatio,
    hasOwnThread: true,
    env,
    log,
  });
  if (!tracing) return () => Promise.resolve();
  const { traceRequests } = await import('./tracing.ts');
  const end = traceRequests(tracing, { followsClients });
  return async () => {
    end();
    await tracing.stop();
  };
}

async function startUsage({ options, log }: TelemetryInput): Promise<() => Promise<void>> {
  const { path, intervalMs, maxOperations } = options.usage;
  if (path === undefined) return () => Promise.resolve();
  const { startUsageLog } = await import('./usage-log.ts');
  const usage = startUsageLog({ path, intervalMs, maxOperations, log });
  return () => usage.stop();
}

async function startAudit({ options, log }: TelemetryInput): Promise<() => Promise<void>> {
  const { path, isRequired } = options.audit;
  if (path === undefined) return () => Promise.resolve();
  const { startAuditTrail } = await import('./audit-trail.ts');
  return startAuditTrail({ path, isRequired, log });
}

interface Watched {
  /** Undefined in a worker: its supervisor listens for all. */
  readonly url: string | undefined;
  stop(): Promise<void>;
}

async function startMetrics(input: TelemetryInput): Promise<Watched | undefined> {
  const { options, env, log, health, served } = input;
  const address = readListenAddress(options, env);
  if (!address) return undefined;
  const { createMetrics } = await import('./metrics.ts');
  const metrics = createMetrics({ served });
  const { registry } = metrics;
  if (input.isWorker) {
    metrics.answerSupervisor();
    return { url: undefined, stop: () => Promise.resolve(metrics.stop()) };
  }
  const { listenForAdmins } = await import('./admin-listener.ts');
  const listener = await listenForAdmins({
    ...address,
    ...health,
    state: () => describeState(served()),
    metrics: async () => ({ contentType: registry.contentType, body: await registry.metrics() }),
  });
  log.info({ url: `${listener.url}/metrics` }, 'metrics');
  return {
    url: listener.url,
    async stop() {
      await listener.stop();
      metrics.stop();
    },
  };
}
