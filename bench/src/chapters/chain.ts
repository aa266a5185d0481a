import { createSubgraphClient } from '../../../gateway/dist/transport/subgraph-client.js';
import type { SubgraphClientOptions } from '../../../gateway/dist/transport/subgraph-client.js';
import { trafficFor } from '../../../gateway/dist/transport/options.js';
import { createSubgraphClient as createBareClient } from '../contestants/bare-transport/bare-client.ts';
import { figure } from '../report/format.ts';

/**
 * `npm run chain`: what the gateway's policies cost a fetch, without sockets: the whole chain and the bare client in turns, against
 * an instance that answers from memory, 25 fetches at a time. Best of many rounds, as everything else only adds to it.
 */
type Fetch = ReturnType<typeof createBareClient>;
type Instance = ReturnType<SubgraphClientOptions['instances']>[number];
type Responder = Parameters<Instance['dispatch']>[1];
type Controller = Parameters<NonNullable<Responder['onRequestStart']>>[0];

const atOnce = 25;
const fetchesPerRound = 250;
const rounds = 500;
const warmUpRounds = 100;

const answer = Buffer.from('{"data":{"_entities":[{"inStock":true}]}}');
const answerHeaders = { 'content-type': 'application/json', 'content-length': '41' };
const bodyStart =
  '{"query":"query($representations:[_Any!]!){_entities(representations:$representations){...on Product{inStock}}}",' +
  '"variables":{"representations":[';

/** What is sent is put together as for a socket. */
let sentBytes = 0;
let waiting: Responder[] = [];
const controller = { aborted: false, abort: () => undefined } as unknown as Controller;
const instance = {
  path: '/inventory',
  pending: 0,
  failuresInRow: 0,
  ejectedUntilMs: 0,
  heldUntilMs: 0,
  dispatch({ headers, body }: Parameters<Instance['dispatch']>[0], responder: Responder) {
    sentBytes += Buffer.from(`${headers.lines}\r\n${body}`, 'latin1').length;
    responder.onRequestStart?.(controller, undefined);
    waiting.push(responder);
  },
} as unknown as Instance;

const silent = { warn: () => undefined };
const options = {
  subgraph: 'inventory',
  traffic: trafficFor('inventory', { all: { propagateHeaders: ['x-caller'] } }),
  instances: () => [instance],
  signIdentity: undefined,
  log: silent as unknown as SubgraphClientOptions['log'],
  isMasking: true,
  dataSource: undefined,
  findIncomingRequest: () => ({ context: {} }),
};

const best = new Map<string, number>();
const contestants: readonly (readonly [string, Fetch])[] = [
  ['all policies', createSubgraphClient(options)],
  ['none', createBareClient(options)],
];
for (let round = 0; round < rounds; round += 1) {
  for (const [name, fetch] of contestants) {
    const startMs = performance.now();
    for (let done = 0; done < fetchesPerRound; done += atOnce) await fetchAtOnce(fetch);
    const microseconds = (1000 * (performance.now() - startMs)) / fetchesPerRound;
    if (round >= warmUpRounds) best.set(name, Math.min(microseconds, best.get(name) ?? Infinity));
  }
}
for (const [name, microseconds] of best)
  console.log(`${name}: ${figure(microseconds)} µs per fetch`);
const [all = Number.NaN, none = Number.NaN] = best.values();
if (sentBytes === 0) throw new Error('Nothing was sent.');
console.log(`difference: ${figure(all - none)} µs per fetch`);
process.exit(0);

async function fetchAtOnce(fetch: Fetch): Promise<void> {
  const fetches = Array.from({ length: atOnce }, (_, caller) =>
    fetch(requestOf(caller), contextOf(caller)),
  );
  const responders = waiting;
  waiting = [];
  for (const responder of responders) {
    responder.onResponseStart?.(controller, 200, answerHeaders);
    responder.onResponseData?.(controller, answer);
    responder.onResponseEnd?.(controller, {});
  }
  await Promise.all(fetches);
}

/** A body made of parts, as the engine makes them. */
function requestOf(upc: number): Parameters<Fetch>[0] {
  const body = `${bodyStart}{"__typename":"Product","upc":"${upc}"}]}}`;
  return {
    subgraph: 'inventory',
    kind: 'query',
    operationName: undefined,
    body,
    fields: ['_entities'],
  };
}

/** Every request of another caller, so that nothing is shared. */
function contextOf(caller: number): Parameters<Fetch>[1] {
  return {
    id: '0f7ab2e2-0f7a-4b2e-8f7a-0f7ab2e20f7a',
    identity: { kind: 'anonymous', subject: null, roles: [], scopes: [], attributes: {} },
    headers: { 'x-caller': `caller-${caller}` },
    signal: {
      aborted: false,
      addEventListener: () => undefined,
      removeEventListener: () => undefined,
    },
    deadline: { remainingMs: () => 30_000 },
    trace: { traceId: '1'.repeat(32), parentId: '2'.repeat(16), sampled: false, state: undefined },
  };
}
