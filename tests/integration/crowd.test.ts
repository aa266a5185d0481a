import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { findDifference, readOutcome, type Result } from '../differential/outcome.ts';
import {
  startCrowdGateway,
  type Caller,
  type CrowdAnswer,
  type CrowdGateway,
} from './crowd/crowd-gateways.ts';
import {
  hardLoad,
  hardWorld,
  makeVisit,
  queries,
  softLoad,
  softWorld,
  toOperation,
  type Visit,
} from './crowd/crowd-load.ts';
import { makeCrowdMonolith } from './crowd/crowd-monolith.ts';
import {
  Crowd,
  describeCaller,
  makeFields,
  makeId,
  spoilingFates,
  type Asking,
} from './crowd/crowd-people.ts';
import { brokenTenant, startCrowdSubgraphs, type CrowdSubgraph } from './crowd/crowd-subgraphs.ts';

const together = {
  name: 'together',
  mergeFetches: true,
  shareOperations: true,
  batchEntities: true,
  shareInFlight: true,
} as const;
const alone = {
  name: 'alone',
  mergeFetches: false,
  shareOperations: false,
  batchEntities: false,
  shareInFlight: false,
} as const;

const crowd = new Crowd();
const fields = makeFields(crowd);
const askMonolith = makeCrowdMonolith(fields);
let subgraphs: CrowdSubgraph[];
/** All that is done together is; entities in one request without end, or in small ones that wait long for company. */
let shared: CrowdGateway;
let sharedInSmallBatches: CrowdGateway;
/** Each caller is served as if there were no other; one request per wave and subgraph, or one per step. */
let plain: CrowdGateway;
let plainest: CrowdGateway;
let resourcesBefore: readonly string[];

beforeAll(async () => {
  resourcesBefore = openResources();
  subgraphs = await startCrowdSubgraphs(fields, crowd);
  [shared, sharedInSmallBatches, plain, plainest] = await Promise.all([
    startCrowdGateway(subgraphs, together),
    startCrowdGateway(subgraphs, {
      ...together,
      name: 'in small batches',
      batchEntities: { maxBatchSize: 7, maxWindowMs: 20 },
      identityFreeSubgraphs: ['scores'],
    }),
    startCrowdGateway(subgraphs, { ...alone, name: 'merging', mergeFetches: true }),
    startCrowdGateway(subgraphs, alone),
  ]);
});
afterAll(async () => {
  await Promise.all([shared, sharedInSmallBatches, plain, plainest].map((each) => each?.stop()));
  await Promise.all(subgraphs.map((each) => each.stop()));
});

function openResources(): readonly string[] {
  return process
    .getActiveResourcesInfo()
    .filter((name) => /TCP|Timeout|HTTP/.test(name))
    .sort();
}

/** @returns every client's answer; undefined of those who hung up */
function visitAll(
  gateway: CrowdGateway,
  visits: readonly Visit[],
  world: number,
): Promise<readonly (CrowdAnswer | undefined)[]> {
  return Promise.all(
    visits.map(async (visit) => {
      for (let turn = 0; turn < visit.comesAfterTurns; turn += 1) {
        await new Promise((resolve) => setImmediate(resolve));
      }
      const operation = toOperation(visit, world);
      if (visit.leavesAfterMs === undefined) return gateway.ask(operation);
      const leaving = AbortSignal.timeout(visit.leavesAfterMs);
      return gateway.ask(operation, leaving).then(
        () => undefined,
        () => undefined,
      );
    }),
  );
}

function patient(visits: readonly Visit[]): readonly Visit[] {
  return visits.map((visit) => ({ ...visit, leavesAfterMs: undefined }));
}

/** What a client sees of an answer, without the ids that every failure has of its own. */
function describeAnswer({ status, body }: CrowdAnswer): unknown {
  const errors = (body.errors ?? []).map(({ message, path, extensions }) =>
    JSON.stringify({ message, path, code: extensions?.['code'] }),
  );
  return { status, data: body.data, errors: errors.sort() };
}

function toAsking({ subject = 'anyone', tenant = 'nobody' }: Caller): Asking {
  return { subject, tenant };
}

function expectNothingOfOthers(answer: CrowdAnswer, asking: Caller): void {
  const told = JSON.stringify(answer.body).match(/for \w+@\w+/g) ?? [];
  expect(new Set([...told, describeCaller(toAsking(asking))]).size).toBe(1);
}

/** @param worlds one for each of the answers: mutations count in their own */
function expectEqual(
  visits: readonly Visit[],
  received: readonly (CrowdAnswer | undefined)[],
  expected: readonly (CrowdAnswer | undefined)[],
): void {
  visits.forEach((visit, at) => {
    const [mine, wanted] = [received[at], expected[at]];
    if (visit.leavesAfterMs !== undefined) return;
    if (!mine || !wanted) throw new Error('a client who stayed got no answer');
    expect(describeAnswer(mine)).toEqual(describeAnswer(wanted));
    expectNothingOfOthers(mine, visit.caller);
  });
}

/** Loads that are compared. More of them, with other seeds: `CROWD_RUNS=500 npm run jest -- tests/integration/crowd`. */
const runs = Number(process.env['CROWD_RUNS'] ?? 12);

/** How many requests a gateway has sent to a subgraph. */
function requestsOf(gateway: string, subgraph: string): number {
  return subgraphs.find(({ name }) => name === subgraph)?.requests.get(gateway) ?? 0;
}

describe('callers whose work is done together', () => {
  const patienceMs = 60_000 + runs * 2_000;

  test(
    'get what each would get alone, and what the graph in one piece owes them',
    async () => {
      await fc.assert(
        fc.asyncProperty(softLoad, softWorld, async (visits, fates) => {
          const world = crowd.begin(fates);
          const gateways = [shared, sharedInSmallBatches];
          const received = await Promise.all(
            gateways.map((gateway) => visitAll(gateway, visits, world)),
          );
          const expected = await visitAll(plainest, patient(visits), world);
          for (const each of received) expectEqual(visits, each, expected);
          const owed = await Promise.all(
            visits.map((visit) => askMonolith(toOperation(visit, world), toAsking(visit.caller))),
          );
          owed.forEach((outcome, at) => {
            const answer = expected[at];
            const found = readOutcome((answer?.body ?? {}) as Result);
            expect([visits[at]?.query, findDifference(outcome, found)]).toEqual([
              visits[at]?.query,
              undefined,
            ]);
          });
        }),
        { numRuns: runs },
      );
      // Otherwise nothing has been compared.
      const sent = (gateway: string): number =>
        requestsOf(gateway, 'names') + requestsOf(gateway, 'people');
      expect(sent('together')).toBeLessThan(sent('alone') * 0.8);
      expect(sent('in small batches')).toBeLessThan(sent('alone') * 0.8);
    },
    patienceMs,
  );

  test(
    'get what each would get alone when requests fail, never end, or are too large',
    async () => {
      await fc.assert(
        fc.asyncProperty(hardLoad, hardWorld, async (visits, fates) => {
          const world = crowd.begin(fates);
          const [expected, ...received] = await Promise.all([
            visitAll(plain, patient(visits), world),
            visitAll(shared, visits, world),
            visitAll(sharedInSmallBatches, visits, world),
          ]);
          for (const each of received) expectEqual(visits, each, expected);
        }),
        { numRuns: runs },
      );
    },
    patienceMs,
  );

  test('ask for 200 different people in a few requests', async () => {
    const world = crowd.begin(new Map());
    const numbers = Array.from({ length: 200 }, (_, at) => at);
    const visits = numbers.map((number) => makeVisit({ query: queries.one, numbers: [number] }));
    crowd.gather(visits.length);
    const before = requestsOf('together', 'names');
    const answers = await visitAll(shared, visits, world);
    expect(answers.map((answer) => answer?.body)).toEqual(
      numbers.map((number) => {
        const id = makeId(world, number);
        return { data: { person: { id, name: `${id} for ada@red` } } };
      }),
    );
    // In one, when all ask within one turn of the event loop (entity-batcher.test.ts). Sockets are read as they come.
    expect(requestsOf('together', 'names') - before).toBeLessThanOrEqual(20);
  });

  test('are asked for alone once a request has failed over one of them', async () => {
    for (const fate of spoilingFates) {
      const world = crowd.begin(new Map([[7, fate]]));
      const visits = [5, 6, 7, 8].map((number) =>
        makeVisit({ query: queries.one, numbers: [number] }),
      );
      crowd.gather(visits.length);
      const before = requestsOf('together', 'names');
      const answers = await visitAll(shared, visits, world);
      const harmed = answers.map((answer) => answer?.body.errors?.length ?? 0);
      expect([fate, harmed]).toEqual([fate, [0, 0, 1, 0]]);
      expect(requestsOf('together', 'names') - before).toBeLessThanOrEqual(1 + 4);
    }
  });

  test('are not asked for again by each when the subgraph is down, or has too much to do', async () => {
    const world = crowd.begin(new Map());
    const visits = [5, 6, 7, 8].map((number) =>
      makeVisit({
        query: queries.one,
        numbers: [number],
        caller: { subject: 'ada', tenant: brokenTenant },
      }),
    );
    crowd.gather(visits.length);
    const before = requestsOf('together', 'names');
    const answers = await visitAll(shared, visits, world);
    expect(answers.map((answer) => answer?.body.errors?.length)).toEqual([1, 1, 1, 1]);
    // Asked again by each, they would make five or more.
    expect(requestsOf('together', 'names') - before).toBeLessThanOrEqual(4);
  });

  test('change things once for each who asks', async () => {
    const world = crowd.begin(new Map());
    const visits = Array.from({ length: 40 }, () =>
      makeVisit({ query: queries.change, numbers: [3] }),
    );
    const answers = await visitAll(shared, visits, world);
    expect(crowd.visitsIn(world)).toBe(40);
    expect(new Set(answers.map((answer) => JSON.stringify(answer))).size).toBe(1);
  });

  test('and leave nothing behind: no socket, no timer', async () => {
    await Promise.all([shared, sharedInSmallBatches, plain, plainest].map((each) => each.stop()));
    for (const subgraph of subgraphs) {
      while ((await subgraph.openSockets()) > 0)
        await new Promise((resolve) => setImmediate(resolve));
    }
    await Promise.all(subgraphs.map((each) => each.stop()));
    while (openResources().length > resourcesBefore.length) {
      await new Promise((resolve) => setImmediate(resolve));
    }
    expect(openResources()).toEqual(resourcesBefore);
  });
});
