import { Counter, Gauge, Histogram, type Registry } from 'prom-client';
import { eventChannel, type GatewayEvent } from '../../channels.ts';

const buckets = [
  0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.5, 1, 5, 10,
];
const breakerStates = { closed: 0, 'half-open': 1, open: 2 } as const;

/** What is done about each kind of event. */
type Listeners = { readonly [Event in GatewayEvent as Event['event']]: (event: Event) => void };

/** What happens now and then. @returns the function that ends it */
export function countEvents(registry: Registry): () => void {
  const listeners: Listeners = {
    ...measureMisses(registry),
    ...countOutcomes(registry),
    ...countRefusals(registry),
    ...watchBreakers(registry),
  };
  const listen = (message: unknown): void => {
    const event = message as GatewayEvent;
    (listeners[event.event] as (event: GatewayEvent) => void)(event);
  };
  eventChannel.subscribe(listen);
  return () => eventChannel.unsubscribe(listen);
}

/** What is not in a cache has to be made. */
function measureMisses(registry: Registry): Pick<Listeners, 'prepared' | 'planned'> {
  const histogram = (name: string, help: string): Histogram =>
    new Histogram({ name, help, buckets, registers: [registry] });
  const parse = histogram('trellis_parse_duration_seconds', 'Parsing one text, not met before.');
  const validate = histogram('trellis_validate_duration_seconds', 'Validating one document.');
  const plan = histogram('trellis_plan_duration_seconds', 'Planning and compiling one operation.');
  const misses = counter(registry, {
    name: 'trellis_cache_misses_total',
    help: 'What was not in a cache.',
    label: 'cache',
    values: ['operations', 'plans'],
  });
  return {
    prepared({ parseMs, validateMs }) {
      parse.observe(parseMs / 1_000);
      validate.observe(validateMs / 1_000);
      misses.inc({ cache: 'operations' });
    },
    planned({ durationMs }) {
      plan.observe(durationMs / 1_000);
      misses.inc({ cache: 'plans' });
    },
  };
}

function countOutcomes(
  registry: Registry,
): Pick<Listeners, 'persistedQuery' | 'trustedDocument' | 'supergraph'> {
  const label = 'outcome';
  const persisted = counter(registry, {
    name: 'trellis_persisted_queries_total',
    help: 'Automatic persisted queries.',
    label,
    values: ['hit', 'miss', 'registered', 'mismatch'],
  });
  const trusted = counter(registry, {
    name: 'trellis_trusted_documents_total',
    help: 'Operations against the safelist.',
    label,
    values: ['known', 'unknown', 'refused'],
  });
  const supergraph = counter(registry, {
    name: 'trellis_supergraph_changes_total',
    help: 'Newer supergraphs, and what became of them.',
    label,
    values: ['swapped', 'refused', 'unreadable', 'rolledBack'],
  });
  return {
    persistedQuery: ({ outcome }) => persisted.inc({ outcome }),
    trustedDocument: ({ outcome }) => trusted.inc({ outcome }),
    supergraph: ({ outcome }) => supergraph.inc({ outcome }),
  };
}

function countRefusals(registry: Registry): Pick<Listeners, 'rateLimited' | 'shed'> {
  const limited = counter(registry, {
    name: 'trellis_rate_limited_total',
    help: 'Requests over a rate limit, by its name.',
    label: 'by',
    values: [],
  });
  const shed = counter(registry, {
    name: 'trellis_shed_total',
    help: 'Requests refused because of overload.',
    label: 'reason',
    values: ['eventLoop', 'concurrency', 'memory', 'queue'],
  });
  return {
    rateLimited: ({ by }) => limited.inc({ by }),
    shed: ({ reason }) => shed.inc({ reason }),
  };
}

function watchBreakers(registry: Registry): Pick<Listeners, 'breaker'> {
  const changes = new Counter({
    name: 'trellis_subgraph_breaker_changes_total',
    help: 'Changes of a circuit breaker to a state.',
    labelNames: ['subgraph', 'state'],
    registers: [registry],
  });
  const last = new Gauge({
    name: 'trellis_subgraph_breaker_state',
    help: 'Last change of a breaker: 0 closed, 1 half open, 2 open. Absent while it never opened.',
    labelNames: ['subgraph'],
    aggregator: 'max',
    registers: [registry],
  });
  return {
    breaker({ subgraph, state }) {
      changes.inc({ subgraph, state });
      last.set({ subgraph }, breakerStates[state]);
    },
  };
}

interface CounterOptions<Label extends string> {
  readonly name: string;
  readonly help: string;
  readonly label: Label;
  /** These stand there from the beginning, with 0: alerts compare with what was before. */
  readonly values: readonly string[];
}

function counter<Label extends string>(
  registry: Registry,
  { name, help, label, values }: CounterOptions<Label>,
): Counter<Label> {
  const made = new Counter({ name, help, labelNames: [label], registers: [registry] });
  for (const value of values) made.inc({ [label]: value } as Record<Label, string>, 0);
  return made;
}
