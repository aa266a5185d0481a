import { channel, type Channel } from 'node:diagnostics_channel';

/**
 * What the process knows of itself at this moment, as numbers: gauges, and counters since its start (`…Total`). Parts
 * tell theirs on the state channel, so nothing is paid before somebody asks.
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

/** What is true at this moment, told to whoever asks by publishing a report to fill. */
export interface StateReport {
  bulkhead(subgraph: string, running: number, queued: number): void;
  cache(name: 'operations' | 'persistedQueries', entries: number, bytes: number): void;
  /** What overload, connections, supergraph, process and workers have to tell. */
  numbers?(state: Partial<GatewayState>): void;
}

/** Channel `trellis.state`: parts that have something to tell subscribe, and fill the {@link StateReport} at once. */
export const stateChannel = channel('trellis.state') as Channel<unknown, StateReport>;

/** Has the numbers of a part told whenever somebody asks. @returns the function that ends it */
export function reportState(read: () => Partial<GatewayState>): () => void {
  const tell = (message: unknown): void => (message as StateReport).numbers?.(read());
  stateChannel.subscribe(tell);
  return () => stateChannel.unsubscribe(tell);
}

/** Everything all parts tell; what no part tells is 0. */
export function readState(): GatewayState {
  const state: GatewayState = { ...nothing };
  const report: StateReport = {
    bulkhead: () => undefined,
    cache: () => undefined,
    numbers: (numbers) => Object.assign(state, numbers),
  };
  stateChannel.publish(report);
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
