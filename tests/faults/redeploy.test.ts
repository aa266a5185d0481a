import { mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { heal, productsQuery, readProducts, waitUntil } from './check-row.ts';
import { startFaultGraph, startStock, type FaultGraph } from './fault-graph.ts';
import type { Subgraph } from './faulty-subgraph.ts';
import { printFindings, record } from './results.ts';

afterAll(() => printFindings('redeploys'));

describe.each(['trellis', 'apollo'] as const)('deployments under load, engine %s', (engine) => {
  let folder = '';
  let graph: FaultGraph | undefined;
  let started: Subgraph[] = [];
  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), 'trellis-redeploy-'));
    started = [];
    const discovery = { kind: 'file', path: join(folder, 'instances.json'), intervalMs: 50 };
    writeFileSync(discovery.path, '["http://127.0.0.1:9/"]');
    graph = await startFaultGraph({
      engine,
      subgraphs: { stock: { discovery, shareInFlight: false } },
    });
    list([graph.stock]);
    await heal(graph);
  });
  afterEach(async () => {
    await graph?.stop();
    await Promise.all(started.map((instance) => instance.stop()));
    rmSync(folder, { recursive: true, force: true });
  });

  /** Says which instances there are, as a service registry would. */
  function list(instances: readonly Subgraph[]): void {
    const part = join(folder, 'instances.part');
    writeFileSync(part, JSON.stringify(instances.map(({ url }) => url)));
    renameSync(part, join(folder, 'instances.json'));
  }

  async function startInstance(): Promise<Subgraph> {
    const instance = await startStock();
    started.push(instance);
    return instance;
  }

  /** Eight clients that ask without a pause, until told to stop. Mutations are asked as well. */
  function putLoad({ ask }: FaultGraph) {
    const failures: string[] = [];
    let isRunning = true;
    const load = { answered: 0, failures, end: async () => {} };
    const clients = Array.from({ length: 8 }, async (_each, client) => {
      for (let round = 0; isRunning; round += 1) {
        const query = client === 0 ? 'mutation { reserve(id: "1") }' : productsQuery;
        const answer = await ask(query);
        const isWhole =
          client === 0
            ? answer.body.data?.['reserve'] === true
            : readProducts(answer).inStock.join() === 'true,false,true';
        if (answer.body.errors !== undefined || !isWhole) failures.push(answer.text);
        load.answered += 1;
      }
    });
    load.end = async () => {
      isRunning = false;
      await Promise.all(clients);
    };
    return load;
  }

  async function untilTaken(instances: readonly Subgraph[], calls: number): Promise<void> {
    const before = instances.map(({ received }) => received.length);
    const hasTaken = (instance: Subgraph, at: number): boolean =>
      instance.received.length >= (before[at] ?? 0) + calls;
    await waitUntil(() => instances.every(hasTaken), 20_000);
  }

  /** Waits until one takes everything, and the others nothing more. */
  async function untilAlone(last: Subgraph, others: readonly Subgraph[]): Promise<void> {
    const count = (): number => others.reduce((sum, { received }) => sum + received.length, 0);
    let before: number;
    do {
      before = count();
      await untilTaken([last], 50);
    } while (count() !== before);
  }

  test('a subgraph scales from one to three and back, and every instance is replaced, without a lost answer', async () => {
    if (!graph) return;
    const first = graph.stock;
    const load = putLoad(graph);
    await untilTaken([first], 20);

    const three = [first, await startInstance(), await startInstance()];
    list(three);
    await untilTaken(three, 20);

    // Rolling: each is replaced by a new one, taken off the list, and stops once what it had is answered.
    let current = three;
    for (const old of three) {
      const next = await startInstance();
      current = [...current.filter((each) => each !== old), next];
      list(current);
      await untilTaken([next], 20);
      await old.drain();
    }
    const [last, ...gone] = current;
    if (!last) return;
    list([last]);
    await untilAlone(last, gone);
    for (const each of gone) await each.drain();
    await untilTaken([last], 20);

    await load.end();
    expect(load.failures).toEqual([]);
    record({
      row: '–',
      engine,
      fault: '1 → 3, each replaced, → 1',
      measured: `0 of ${load.answered} answers lost, mutations among them`,
    });
    // The instance of the fixture has stopped; it is listened on again for its own stop.
    await first.listen();
  });

  // Which engine asks makes no difference here, and the time an instance is left out is long.
  if (engine === 'apollo') return;
  test('one of two instances restarts in its place without a lost query', async () => {
    if (!graph) return;
    const other = await startInstance();
    const both = [graph.stock, other];
    list(both);
    const { ask, stock } = graph;
    const failures: string[] = [];
    let isRunning = true;
    let answered = 0;
    const clients = Array.from({ length: 8 }, async () => {
      while (isRunning) {
        const { body, text } = await ask(productsQuery);
        answered += 1;
        if (body.errors) failures.push(text);
      }
    });
    await untilTaken(both, 20);
    // Cut off with what it was doing, as kill -9 does, while it is listed.
    await stock.refuse();
    await untilTaken([other], 100);
    await stock.listen();
    await untilTaken(both, 20);
    isRunning = false;
    await Promise.all(clients);
    expect(failures).toEqual([]);
    const measured = `0 of ${answered} queries lost`;
    record({ row: '–', engine, fault: 'one of two killed and restarted', measured });
  });
});
