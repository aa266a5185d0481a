/**
 * What the process knows of itself at this moment, as numbers: gauges, and counters since its start (`…Total`).
 * Parts that have something to tell register a function; whoever shows it, such as metrics, calls `readState`. Nothing
 * is paid before that.
 */
export interface GatewayState {
  /** Requests to GraphQL that are being answered, and how many may be at once at this moment. */
  readonly requestsUnderWay: number;
  readonly requestLimit: number;
  /** Requests refused with 503 because there was too much to do. */
  readonly requestsShedTotal: number;
  /** How late the event loop was when it was last looked at. */
  readonly eventLoopDelayMs: number;
  /** The larger of the shares of heap and memory that are in use: 1 is the end. */
  readonly memoryShare: number;
  /** Open connections of clients, those turned away over the limit, and those cut for reading or sending too slowly. */
  readonly connections: number;
  readonly connectionsRefusedTotal: number;
  readonly connectionsCutTotal: number;
  /** Supergraphs taken over, refused as invalid, and taken back because errors had jumped. */
  readonly supergraphSwapsTotal: number;
  readonly supergraphRefusalsTotal: number;
  readonly supergraphRollbacksTotal: number;
  /** 1 while something older than the newest version is served: it was refused, taken back, or cannot be read. */
  readonly supergraphIsStale: number;
  /** Promises that were rejected and that nobody had waited for. */
  readonly unhandledRejectionsTotal: number;
  /** Under a supervisor: worker processes, those that are ready, and how often one had to be started again. */
  readonly workers: number;
  readonly workersReady: number;
  readonly workerRestartsTotal: number;
}

export type ReportState = () => Partial<GatewayState>;

const reports = new Set<ReportState>();

/** Registers a part. @returns the function that takes it out again */
export function reportState(report: ReportState): () => void {
  reports.add(report);
  return () => reports.delete(report);
}

/** Everything all parts tell; what no part tells is 0. Cheap: a few numbers are copied. */
export function readState(): GatewayState {
  const state: GatewayState = { ...nothing };
  for (const report of reports) Object.assign(state, report());
  return state;
}

const nothing: GatewayState = {
  requestsUnderWay: 0,
  requestLimit: 0,
  requestsShedTotal: 0,
  eventLoopDelayMs: 0,
  memoryShare: 0,
  connections: 0,
  connectionsRefusedTotal: 0,
  connectionsCutTotal: 0,
  supergraphSwapsTotal: 0,
  supergraphRefusalsTotal: 0,
  supergraphRollbacksTotal: 0,
  supergraphIsStale: 0,
  unhandledRejectionsTotal: 0,
  workers: 0,
  workersReady: 0,
  workerRestartsTotal: 0,
};
