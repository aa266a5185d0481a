import { Counter, Gauge, Histogram, type Registry } from 'prom-client';
import { eventChannel, type GatewayEvent } from '../../channels.ts';

const buckets = [
  0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.5, 1, 5, 10,
];
const breakerStates = { closed: 0, 'half-open': 1, open: 2 } as const;

/** What happens now and then. @returns the function that ends it */
export function countEvents(registry: Registry): () => void {
  const count = createEventMetrics(registry);
  const listen = (message: unknown): void => count(message as GatewayEvent);
  eventChannel.subscribe(listen);
  return () => eventChannel.unsubscribe(listen);
}

function createEventMetrics(registry: Registry): (event: GatewayEvent) => void {
  const registers = [registry];
  const histogram = (name: string, help: string): Histogram =>
    new Histogram({ name, help, buckets, registers });
  const counter = <Label extends string>(
    name: string,
    help: string,
    labelNames: readonly Label[],
  ): Counter<Label> => new Counter({ name, help, labelNames, registers });
  /** What may be counted stands there from the beginning: alerts compare with what was before. */
  const counted = <Label extends string>(
    [name, help, label]: readonly [name: string, help: string, label: Label],
    values: readonly string[],
  ): Counter<Label> => {
    const made = counter(name, help, [label]);
    for (const value of values) made.inc({ [label]: value } as Record<Label, string>, 0);
    return made;
  };

  const parse = histogram('trellis_parse_duration_seconds', 'Parsing one text, not met before.');
  const validate = histogram('trellis_validate_duration_seconds', 'Validating one document.');
  const plan = histogram('trellis_plan_duration_seconds', 'Planning and compiling one operation.');
  const misses = counted(
    ['trellis_cache_misses_total', 'What was not in a cache.', 'cache'],
    ['operations', 'plans'],
  );
  const persisted = counted(
    ['trellis_persisted_queries_total', 'Automatic persisted queries.', 'outcome'],
    ['hit', 'miss', 'registered', 'mismatch'],
  );
  const trusted = counted(
    ['trellis_trusted_documents_total', 'Operations against the safelist.', 'outcome'],
    ['known', 'unknown', 'refused'],
  );
  const limited = counter('trellis_rate_limited_total', 'Requests over a rate limit.', ['by']);
  const shed = counted(
    ['trellis_shed_total', 'Requests refused because of overload.', 'reason'],
    ['eventLoop', 'concurrency', 'memory', 'queue'],
  );
  const supergraph = counted(
    ['trellis_supergraph_changes_total', 'New supergraphs.', 'outcome'],
    ['swapped', 'refused', 'unreadable', 'rolledBack'],
  );
  const changes = counter('trellis_subgraph_breaker_changes_total', 'Changes of a breaker.', [
    'subgraph',
    'state',
  ]);
  const breaker = new Gauge({
    name: 'trellis_subgraph_breaker_state',
    help: 'Last change of a breaker: 0 closed, 1 half open, 2 open. Absent while it never opened.',
    labelNames: ['subgraph'],
    aggregator: 'max',
    registers,
  });
  return (event) => {
    switch (event.event) {
      case 'prepared':
        parse.observe(event.parseMs / 1_000);
        validate.observe(event.validateMs / 1_000);
        misses.inc({ cache: 'operations' });
        break;
      case 'planned':
        plan.observe(event.durationMs / 1_000);
        misses.inc({ cache: 'plans' });
        break;
      case 'persistedQuery':
        persisted.inc({ outcome: event.outcome });
        break;
      case 'trustedDocument':
        trusted.inc({ outcome: event.outcome });
        break;
      case 'rateLimited':
        limited.inc({ by: event.by });
        break;
      case 'shed':
        shed.inc({ reason: event.reason });
        break;
      case 'supergraph':
        supergraph.inc({ outcome: event.outcome });
        break;
      case 'breaker':
        changes.inc({ subgraph: event.subgraph, state: event.state });
        breaker.set({ subgraph: event.subgraph }, breakerStates[event.state]);
        break;
      default:
        event satisfies never;
    }
  };
}
