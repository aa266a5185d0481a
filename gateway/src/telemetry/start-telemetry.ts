import type { Logger } from '@trellis/platform/log';
import { startTracing } from '@trellis/platform/tracing';
import { startAccessLog } from './access-log.ts';
import type { TelemetryOptions } from './options.ts';

export interface TelemetryInput {
  readonly options: TelemetryOptions;
  readonly log: Logger;
  readonly env: NodeJS.ProcessEnv;
}

export interface Telemetry {
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
  } catch (error) {
    await stop();
    throw error;
  }
  return { stop };
}

function startLogs({ options, log }: TelemetryInput): () => void {
  const { accessLog } = options;
  return accessLog === 'none' ? () => undefined : startAccessLog(log, accessLog);
}

async function startSpans({ options, env, log }: TelemetryInput): Promise<() => Promise<void>> {
  const { endpoint, sampleRatio, followsClients } = options.tracing;
  const tracing = await startTracing({
    serviceName: 'gateway',
    endpoint,
    sampleRatio,
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
