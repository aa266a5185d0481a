import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { readFileSync } from 'node:fs';
import { Supergraph } from '@apollo/federation-internals';
import { accounts } from '@trellis/accounts/subgraph';
import { catalog } from '@trellis/catalog/subgraph';
import type { Engine } from '@trellis/gateway/engine';
import type { SubgraphFetch, SubgraphResponse } from '@trellis/gateway/subgraph-request';
import { createTrellisEngine } from '@trellis/gateway/trellis-engine';
import { inventory } from '@trellis/inventory/subgraph';
import { seedId } from '@trellis/kit/seed-id';
import { startTestSubgraph, testUser, type TestSubgraph } from '@trellis/kit/testing';
import { orders } from '@trellis/orders/subgraph';
import { payments } from '@trellis/payments/subgraph';
import type { Identity } from '@trellis/platform/identity';
import { reviews } from '@trellis/reviews/subgraph';
import { shipping } from '@trellis/shipping/subgraph';
import fc from 'fast-check';
import { execute, parse, printSchema, type GraphQLSchema } from 'graphql';
import { askEngine, coerceVariables } from './ask-federated.ts';
import { operationSpecs, writeOperation, type Operation } from './operation-spec.ts';
import { findDifference, readOutcome, type Outcome, type Result } from './outcome.ts';
import { reduceOperation } from './reduce-operation.ts';
import { writeShopArguments } from './shop-arguments.ts';
import { makeShopOracle, type AskService } from './shop-oracle.ts';
import { readOwners } from './shop-owners.ts';

const operationCount = Number(process.env['SHOP_OPERATIONS'] ?? 200);
const seed = Number(process.env['DIFFERENTIAL_SEED'] ?? 2);
const jestTimeoutMs = 3_600_000;

const callers: readonly Identity[] = [
  testUser(seedId('user', 0), 'ADMIN'),
  testUser(seedId('user', 7), 'CUSTOMER'),
];

/** What the comparison was about. */
interface Tally {
  compared: number;
  /** Operations that more than one service answered together. */
  joined: number;
  /** Operations with errors. */
  failed: number;
  /** Of the data of all answers. */
  characters: number;
}

type Service = Pick<TestSubgraph<object>, 'ask' | 'stop'>;

describe(`the seven services and one merged schema over them (seed ${seed})`, () => {
  const services = new Map<string, Service>();
  let apiSchema: GraphQLSchema;
  let engine: Engine;
  const oracles: GraphQLSchema[] = [];

  beforeAll(async () => {
    const sdls = new Map<string, string>();
    const start = async (name: string, folder: URL, starting: Promise<Service>): Promise<void> => {
      sdls.set(name, readFileSync(new URL('schema.graphql', folder), 'utf8'));
      services.set(name, await starting);
    };
    await start('accounts', accounts.folder, startTestSubgraph(accounts));
    await start('catalog', catalog.folder, startTestSubgraph(catalog));
    await start('inventory', inventory.folder, startTestSubgraph(inventory));
    await start('orders', orders.folder, startTestSubgraph(orders));
    await start('payments', payments.folder, startTestSubgraph(payments));
    await start('reviews', reviews.folder, startTestSubgraph(reviews));
    await start('shipping', shipping.folder, startTestSubgraph(shipping));
    const sdl = readFileSync(new URL('../../supergraph.graphql', import.meta.url), 'utf8');
    apiSchema = Supergraph.build(sdl).apiSchema().toGraphQLJSSchema();
    engine = createTrellisEngine({
      sdl,
      apiSchema,
      options: {
        planning: { workerThreshold: Infinity },
        overrideLabel: (_label, { id }) => Number(id) % 2 === 0,
      },
    });
    const owners = readOwners(sdls);
    for (const identity of callers) {
      const ask: AskService = (service, request) => askService(service, { ...request, identity });
      oracles.push(makeShopOracle(printSchema(apiSchema), owners, ask));
    }
  }, 600_000);

  afterAll(async () => {
    await engine.close?.();
    await Promise.all([...services.values()].map((service) => service.stop()));
  }, 60_000);

  test(
    'answer random queries alike',
    async () => {
      const tally = { compared: 0, joined: 0, failed: 0, characters: 0 };
      const callerNumbers = fc.nat(callers.length - 1);
      const property = fc.asyncProperty(operationSpecs, callerNumbers, async (spec, caller) => {
        const query = { ...spec, isMutation: false };
        const operation = writeOperation(apiSchema, query, { write: writeShopArguments });
        await compare(operation, caller, tally);
      });
      // Whoever reads of a failure reads an operation that is as small as it gets: no need to shrink its choices too.
      await fc.assert(property, { seed, numRuns: operationCount, endOnFailure: true });
      process.stdout.write(`seed ${seed}: ${JSON.stringify(tally)}\n`);
      expect(tally.compared).toBe(operationCount);
      // Without joins nothing was shown.
      expect(tally.joined).toBeGreaterThan(operationCount / 10);
    },
    jestTimeoutMs,
  );

  async function compare(operation: Operation, caller: number, tally: Tally): Promise<void> {
    const faultOf = async (each: Operation, asked?: Set<string>): Promise<string | undefined> => {
      const expected = await askOracle(each, caller);
      tally.characters += JSON.stringify(expected.data).length;
      if (expected.errorPaths.length > 0) tally.failed += 1;
      return findDifference(expected, await askShop(each, caller, asked));
    };
    const asked = new Set<string>();
    const fault = await faultOf(operation, asked);
    tally.compared += 1;
    if (asked.size > 1) tally.joined += 1;
    if (fault === undefined) return;
    const fails = async (each: Operation): Promise<boolean> => (await faultOf(each)) !== undefined;
    const { text, variables } = await reduceOperation(apiSchema, operation, fails);
    const [expected, actual] = [
      await askOracle({ text, variables }, caller),
      await askShop({ text, variables }, caller),
    ];
    throw new Error(
      [
        `caller ${caller}: ${findDifference(expected, actual)}`,
        text,
        `variables ${JSON.stringify(variables)}`,
        `expected ${JSON.stringify(expected)}`,
        `actual   ${JSON.stringify(actual)}`,
      ].join('\n'),
    );
  }

  async function askOracle({ text, variables }: Operation, caller: number): Promise<Outcome> {
    const schema = oracles[caller];
    if (!schema) throw new Error(`no caller ${caller}`);
    const result = await execute({
      schema,
      document: parse(text),
      variableValues: variables,
      rootValue: {},
    });
    return readOutcome(JSON.parse(JSON.stringify(result)) as Result);
  }

  async function askShop(
    operation: Operation,
    caller: number,
    asked = new Set<string>(),
  ): Promise<Outcome> {
    const identity = callers[caller];
    const fetch: SubgraphFetch = async ({ subgraph, body }) => {
      asked.add(subgraph);
      const request = JSON.parse(body) as { query: string; variables?: Record<string, unknown> };
      return askService(subgraph, { ...request, ...(identity ? { identity } : {}) });
    };
    const coerced = coerceVariables(apiSchema, operation);
    return readOutcome(JSON.parse(await askEngine(engine, coerced, fetch)) as Result);
  }

  async function askService(
    name: string,
    request: {
      readonly query: string;
      readonly variables?: Readonly<Record<string, unknown>>;
      readonly identity?: Identity;
    },
  ): Promise<SubgraphResponse> {
    const service = services.get(name);
    if (!service) throw new Error(`no service ${name}`);
    const { data, errors } = await service.ask(request);
    return { data, ...(errors ? { errors } : {}) } as SubgraphResponse;
  }
});
