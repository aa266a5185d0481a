/** What the health addresses say. */
export interface Health {
  /** Whether requests would be answered: a supergraph is loaded and the process is not stopping. */
  readonly isReady: () => boolean;
  readonly isStopping: () => boolean;
}

export interface HealthAnswer {
  readonly status: 200 | 503;
  readonly body: string;
}

/** Liveness: the process turns its event loop; that this is answered is the proof. */
export function liveness(): HealthAnswer {
  return { status: 200, body: '{"status":"live"}' };
}

/** Readiness: send traffic here, or do not. Subgraphs that are down do not count: the rest of the graph is served. */
export function readiness(health: Health): HealthAnswer {
  if (health.isStopping()) return { status: 503, body: '{"status":"stopping"}' };
  if (!health.isReady()) return { status: 503, body: '{"status":"starting"}' };
  return { status: 200, body: '{"status":"ready"}' };
}
