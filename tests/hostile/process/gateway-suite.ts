import { afterAll, afterEach, beforeAll } from '@jest/globals';
import { found, printFindings } from '../../faults/results.ts';
import { startEchoSubgraph, type EchoSubgraph } from './echo-subgraph.ts';
import {
  startGatewayProcess,
  type GatewayProcess,
  type ProcessOptions,
} from './gateway-process.ts';

/** What a file of tests about gateway processes shares. */
export interface GatewaySuite {
  /** The one subgraph of all gateways, from the first test on. */
  readonly subgraph: EchoSubgraph;
  /** Starts a gateway that ends with the test. */
  readonly start: (options?: Partial<ProcessOptions>) => GatewayProcess;
  /** Does something at the end of the test. */
  readonly onEnd: (close: () => Promise<unknown> | void) => void;
  /** Notes what was measured for a row of the fault matrix. */
  readonly found: (row: string, fault: string, measured: string) => void;
}

/** Starts the subgraph before all tests of the file and stops everything after them. @param table name of the table of findings */
export function setUpGateways(table: string): GatewaySuite {
  const closing: (() => Promise<unknown> | void)[] = [];
  let subgraph: EchoSubgraph | undefined;
  const suite: GatewaySuite = {
    get subgraph() {
      if (!subgraph) throw new Error('the subgraph runs from the first test on');
      return subgraph;
    },
    start(options = {}) {
      const supergraph = suite.subgraph.supergraph();
      const started = startGatewayProcess({ supergraph, ...options });
      closing.push(() => started.dispose());
      return started;
    },
    onEnd: (close) => void closing.push(close),
    found,
  };
  beforeAll(async () => {
    subgraph = await startEchoSubgraph();
  });
  afterEach(async () => {
    for (const close of closing.splice(0).reverse()) await close();
    suite.subgraph.delayMs = 0;
    suite.subgraph.isHanging = false;
  });
  afterAll(async () => {
    await subgraph?.stop();
    printFindings(table);
  });
  return suite;
}
