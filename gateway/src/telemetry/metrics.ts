import { AggregatorRegistry, Registry } from 'prom-client';
import { countAuthorization } from './metrics/authorization.ts';
import { countEvents } from './metrics/events.ts';
import { countFetches } from './metrics/fetches.ts';
import { countRequests } from './metrics/requests.ts';
import { measureProcess } from './metrics/process.ts';
import { measureState } from './metrics/state.ts';
import type { ServedGraph } from './collect-state.ts';

export interface MetricsInput {
  /** What is served at this moment; undefined before the first supergraph is there. */
  readonly served: () => ServedGraph | undefined;
}

export interface Metrics {
  readonly registry: Registry;
  /** Has the metrics told to the supervisor of this worker when it asks. */
  answerSupervisor(): void;
  stop(): void;
}

/**
 * Counts what the channels tell, for Prometheus. Labels come from the settings, the supergraph and our own lists, never
 * from clients, so their number is bounded. docs/telemetry.md lists every metric, and a test compares the two.
 */
export function createMetrics(input: MetricsInput): Metrics {
  const registry = new Registry();
  const stops = [
    countRequests(registry),
    countAuthorization(registry),
    countFetches(registry),
    countEvents(registry),
  ];
  measureState(registry, input.served);
  measureProcess(registry);
  return {
    registry,
    answerSupervisor() {
      AggregatorRegistry.setRegistries(registry);
      // Its making is what starts to listen.
      return void new AggregatorRegistry();
    },
    stop: () => {
      for (const stop of stops) stop();
      registry.clear();
    },
  };
}
