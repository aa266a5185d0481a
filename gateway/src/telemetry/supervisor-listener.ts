import type { Logger } from '@trellis/platform/log';
import { listenForAdmins, type AdminListener, type HealthAnswers } from './admin-listener.ts';
import { describeSupervisor } from './describe-state.ts';
import { readListenAddress } from './listen-address.ts';
import type { TelemetryOptions } from './options.ts';

export interface SupervisorListenerInput {
  readonly options: TelemetryOptions;
  readonly env: NodeJS.ProcessEnv;
  readonly log: Logger;
  readonly health: HealthAnswers;
  readonly workers: () => number;
}

/**
 * Listens in the supervisor of several workers: metrics are those of all of them together, asked for when somebody reads.
 * @returns undefined when nothing is to be opened
 * @throws Error when the address is taken, saying what to do
 */
export async function listenForSupervisor(
  input: SupervisorListenerInput,
): Promise<AdminListener | undefined> {
  const address = readListenAddress(input.options, input.env);
  if (!address) return undefined;
  const { AggregatorRegistry } = await import('prom-client');
  const registry = new AggregatorRegistry();
  const listener = await listenForAdmins({
    ...address,
    ...input.health,
    state: () => describeSupervisor(input.workers()),
    metrics: async () => ({
      contentType: registry.contentType,
      body: await registry.clusterMetrics(),
    }),
  });
  input.log.info({ url: `${listener.url}/metrics` }, 'metrics');
  return listener;
}
