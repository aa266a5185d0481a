import { isDeepStrictEqual } from 'node:util';
import { createRequire } from 'node:module';
import { composeServices } from '@apollo/composition';
import { describe, expect, test } from '@jest/globals';
import { createAuthorization } from '@trellis/gateway/authorization';
import { shield, type RuleTree } from '@trellis/gateway/shield';
import { makeSnapshot } from '@trellis/gateway/snapshot';
import type { SubgraphFetch, SubgraphResponse } from '@trellis/gateway/subgraph-request';
import { createTrellisEngine } from '@trellis/gateway/trellis-engine';
import { createDeadline } from '@trellis/platform/deadline';
import type { Identity } from '@trellis/platform/identity';
import { createLog } from '@trellis/platform/log';
import { readTraceContext } from '@trellis/platform/trace-context';
import {
  execute,
  parse,
  validate,
  type DocumentNode,
  type GraphQLSchema,
  type OperationDefinitionNode,
} from 'graphql';
import type * as Middleware from 'graphql-middleware';
import type * as Shield from 'graphql-shield';
import { canary, makeCuts, makeMonolith, type Cut, type Journal } from './guarded-shop.ts';
import { identities, trees } from './guarded-rules.ts';
import { createRandom, makeOperation, type RandomOperation } from './random-operation.ts';

// CI has the machine to itself; elsewhere a sample keeps `npm test` short.
const count = Number(
  process.env['AUTHORIZATION_OPERATIONS'] ?? (process.env['CI'] ? 10_200 : 1_200),
);
const seed = Number(process.env['AUTHORIZATION_SEED'] ?? 1);

// The CommonJS builds, both: graphql-shield's ES build does not load on newer Nodes.
const require = createRequire(import.meta.url);
const library = require('graphql-shield') as typeof Shield;
const { applyMiddleware } = require('graphql-middleware') as typeof Middleware;

interface Outcome {
  readonly data: unknown;
  /** What is null for an error, and why; sorted. */
  readonly errors: readonly string[];
  readonly journal: Journal;
}

type Ask = (operation: RandomOperation, identity: Identity) => Promise<Outcome>;

interface PlainError {
  readonly message: string;
  readonly path?: readonly (string | number)[] | undefined;
  readonly extensions?: Readonly<Record<string, unknown>> | undefined;
}

/** graphql-shield as everybody uses it: middleware around every resolver of one schema. */
function createMonolith(tree: RuleTree): Ask {
  const middleware = library.shield(tree as never, {
    hashFunction: ({ parent, args }: { parent: { id?: string } | undefined; args: unknown }) =>
      JSON.stringify([parent?.id, args]),
  });
  const schema = applyMiddleware(makeMonolith(), middleware);
  return async ({ text, variables }, identity) => {
    const journal: Journal = [];
    const result = await execute({
      schema,
      document: parse(text),
      variableValues: variables,
      contextValue: { identity, journal },
    });
    const data: unknown = JSON.parse(JSON.stringify(result.data));
    return { data, errors: describeErrors(result.errors, data, identity), journal };
  };
}

/** The same rules before the gateway's plans. */
function createGateway(tree: RuleTree, cuts: readonly Cut[], sdl: string): Ask {
  const snapshot = makeSnapshot(sdl);
  const log = createLog('oracle', { LOG_LEVEL: 'silent' });
  const authorization = createAuthorization({ permissions: shield(tree) }, log);
  authorization.prepare(snapshot);
  const { apiSchema } = snapshot;
  const engine = createTrellisEngine({
    sdl,
    apiSchema,
    options: { enforcesAccessDirectives: true, planning: { workerThreshold: Infinity } },
  });
  return async ({ text, variables }, identity) => {
    const journal: Journal = [];
    const document = parse(text, { noLocation: true });
    const operation = document.definitions[0] as OperationDefinitionNode;
    const prepared = {
      hash: text,
      document,
      operation,
      name: undefined,
      kind: operation.operation,
    };
    const caller = {
      id: 'oracle',
      identity,
      headers: {},
      signal: new AbortController().signal,
      deadline: createDeadline(60_000),
      trace: readTraceContext(undefined, undefined),
    };
    const permitted = await authorization.authorize({
      prepared,
      variables,
      context: caller,
      snapshot,
    });
    const executable = await engine.plan(permitted);
    const context = { ...caller, access: permitted.access };
    const answer = await executable.execute(variables, context, createFetch(cuts, journal));
    const body = JSON.parse(answer.body) as { data: unknown; errors?: PlainError[] };
    return { data: body.data, errors: describeErrors(body.errors, body.data, identity), journal };
  };
}

const parsed = new Map<string, DocumentNode>();

function createFetch(cuts: readonly Cut[], journal: Journal): SubgraphFetch {
  return async ({ subgraph, body }) => {
    const schema = cuts.find(({ name }) => name === subgraph)?.schema as GraphQLSchema;
    const { query, variables } = JSON.parse(body) as { query: string; variables?: object };
    let document = parsed.get(query);
    if (!document) {
      if (parsed.size > 5_000) parsed.clear();
      parsed.set(query, (document = parse(query)));
    }
    const result = await execute({
      schema,
      document,
      contextValue: { journal },
      variableValues: { ...variables },
    });
    return JSON.parse(JSON.stringify(result)) as SubgraphResponse;
  };
}

/**
 * Errors as a client may rely on them: which null each explains, its code and its message. Where several explain one
 * null, the specification lets a server report any.
 */
function describeErrors(
  errors: readonly PlainError[] | undefined,
  data: unknown,
  identity: Identity,
): string[] {
  const standard = identity.kind === 'anonymous' ? 'UNAUTHENTICATED' : 'FORBIDDEN';
  const described = (errors ?? []).map(({ message, path = [], extensions }) => {
    let value: unknown = data;
    const place: (string | number)[] = [];
    for (const key of path) {
      if (value === null || value === undefined) break;
      place.push(key);
      value = (value as Record<string | number, unknown>)[key];
    }
    const isExact = place.length === path.length;
    return `${place.join('.')}: ${(extensions?.['code'] as string | undefined) ?? standard}${isExact ? ` ${message}` : ''}`;
  });
  return [...new Set(described)].sort();
}

describe(`rules at the gateway and graphql-shield in a monolith, seed ${seed}`, () => {
  const cuts = makeCuts();
  const composed = composeServices(
    cuts.map(({ name, sdl }) => ({ name, url: `http://${name}.invalid`, typeDefs: parse(sdl) })),
  );
  const sdl = composed.supergraphSdl;

  test.each(trees.map((tree, at) => [at, tree] as const))(
    'say the same of random operations under tree %i',
    async (at, tree) => {
      if (sdl === undefined) throw new Error(String(composed.errors));
      const monolith = createMonolith(tree);
      const gateway = createGateway(tree, cuts, sdl);
      const schema = makeMonolith();
      const share = Math.ceil(count / trees.length);
      let compared = 0;
      let denied = 0;
      for (let number = 0; compared < share; number += 1) {
        const own = seed * 1_000_003 + at * 500_009 + number;
        const random = createRandom(own);
        const operation = makeOperation(schema, random);
        if (validate(schema, parse(operation.text)).length > 0) continue;
        // The same operation for several callers: plans are kept by what was taken out, never by who asked.
        for (const identity of identities.filter(() => random() < 0.7)) {
          const expected = await monolith(operation, identity);
          const actual = await gateway(operation, identity);
          if (!isDeepStrictEqual(actual, expected)) {
            const told = { seed: own, ...operation, identity: identity.subject };
            expect({ ...told, ...actual }).toEqual({ ...told, ...expected });
          }
          compared += 1;
          if (expected.errors.length > 0) denied += 1;
          expect(JSON.stringify(actual.errors)).not.toContain(canary);
        }
      }
      // A generator that meets no rule would prove nothing.
      expect(denied).toBeGreaterThan(share / 5);
    },
    300_000,
  );
});
