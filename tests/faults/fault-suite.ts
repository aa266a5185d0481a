import { afterAll, afterEach } from '@jest/globals';
import { startFaultGraph, type FaultGraph } from './fault-graph.ts';
import { found, printFindings } from './results.ts';

/** What files of tests about instances, names and certificates share. */
export interface FaultSuite {
  /** Does something at the end of the test, the last thing given first. */
  readonly onEnd: (close: () => unknown) => void;
  /** A gateway that ends with the test. Every query is a fetch of its own. @param stock settings of the faulty subgraph */
  readonly openGraph: (stock: Readonly<Record<string, unknown>>) => Promise<FaultGraph>;
  /** Notes what was measured for a row of the fault matrix. */
  readonly found: (row: string, fault: string, measured: string) => void;
}

/** Stops everything after each test and prints what was found after all. @param table name of the table of findings */
export function setUpFaults(table: string): FaultSuite {
  const engine = 'trellis';
  const closing: (() => unknown)[] = [];
  afterEach(async () => {
    for (const close of closing.splice(0).reverse()) await close();
  });
  afterAll(() => printFindings(table));
  const onEnd = (close: () => unknown): void => void closing.push(close);
  return {
    onEnd,
    async openGraph(stock) {
      const graph = await startFaultGraph({
        engine,
        subgraphs: { stock: { shareInFlight: false, ...stock } },
      });
      onEnd(() => graph.stop());
      return graph;
    },
    found,
  };
}
