import { createRequire } from 'node:module';
import { composeServices } from '@apollo/composition';
import { createAuthorization } from '@trellis/gateway/authorization';
import { createExecutionTrace } from '@trellis/gateway/execution-trace';
import { shield, type Permissions, type RuleTree } from '@trellis/gateway/shield';
import { makeSnapshot } from '@trellis/gateway/snapshot';
import type { SubgraphFetch, SubgraphResponse } from '@trellis/gateway/subgraph-request';
import { createTrellisEngine } from '@trellis/gateway/trellis-engine';
import { createDeadline } from '@trellis/platform/deadline';
import type { Identity } from '@trellis/platform/identity';
import { createLog, type Logger } from '@trellis/platform/log';
import { readTraceContext } from '@trellis/platform/trace-context';
import {
  execute,
  parse,
  type DocumentNode,
  type GraphQLSchema,
  type OperationDefinitionNode,
} from 'graphql';
import type * as Middleware from 'graphql-middleware';
import type * as Shield from 'graphql-shield';
import { makeCuts, makeMonolith, type Cut, type Journal, type Watch } from './guarded-shop.ts';
import type { RandomOperation } from './random-operation.ts';

// The CommonJS builds, both: graphql-shield's ES build does not load on newer Nodes.
const require = createRequire(import.meta.url);
const library = require('graphql-shield') as typeof Shield;
const { applyMiddleware } = require('graphql-middleware') as typeof Middleware;

export interface Outcome {
  readonly data: unknown;
  /** What is null for an error, and why; sorted. */
  readonly errors: readonly string[];
  readonly journal: Journal;
  /** The answer as the client gets it. */
  readonly text: string;
}

export type Ask = (operation: RandomOperation, identity: Identity) => Promise<Outcome>;

/** What a test listens to, and shield's options. */
export interface Listeners {
  readonly options?: Permissions['options'];
  /** Fields that schemas resolve: of the monolith, or of a subgraph. */
  readonly watch?: (subgraph: string) => Watch;
  /** Every request to a subgraph, as it would go over the wire. */
  readonly onRequest?: (subgraph: string, body: string) => void;
  /** The printed plan and the trace of the execution. */
  readonly onPlan?: (printedPlan: string, trace: string) => void;
  readonly log?: Logger;
}

interface PlainError {
  readonly message: string;
  readonly path?: readonly (string | number)[] | undefined;
  readonly extensions?: Readonly<Record<string, unknown>> | undefined;
}

/** The shop cut into subgraphs, composed. */
export interface SplitShop {
  readonly cuts: readonly Cut[];
  readonly sdl: string;
}

/** @throws Error when the cuts do not compose */
export function composeShop(): SplitShop {
  const cuts = makeCuts();
  const composed = composeServices(
    cuts.map(({ name, sdl }) => ({ name, url: `http://${name}.invalid`, typeDefs: parse(sdl) })),
  );
  if (composed.supergraphSdl === undefined) throw new Error(String(composed.errors));
  return { cuts, sdl: composed.supergraphSdl };
}

/** graphql-shield as everybody uses it: middleware around every resolver of one schema. */
export function createMonolith(tree: RuleTree, { watch, options }: Listeners = {}): Ask {
  const middleware = library.shield(tree as never, {
    ...(options as object),
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
      contextValue: { identity, journal, watch: watch?.('') },
    });
    const data: unknown = JSON.parse(JSON.stringify(result.data));
    const errors = describeErrors(result.errors, data, identity);
    return { data, errors, journal, text: JSON.stringify(result) };
  };
}

/** The same rules before the gateway's plans. */
export function createGateway(tree: RuleTree, world: SplitShop, listeners: Listeners = {}): Ask {
  const { cuts, sdl } = world;
  const snapshot = makeSnapshot(sdl);
  const log = listeners.log ?? createLog('oracle', { LOG_LEVEL: 'silent' });
  const authorization = createAuthorization({ permissions: shield(tree, listeners.options) }, log);
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
    const trace = listeners.onPlan && createExecutionTrace();
    const fetch = createFetch(cuts, journal, listeners);
    const answer = await executable.execute(variables, context, fetch, trace);
    listeners.onPlan?.(executable.printedPlan ?? '', JSON.stringify(trace));
    const body = JSON.parse(answer.body) as { data: unknown; errors?: PlainError[] };
    const errors = describeErrors(body.errors, body.data, identity);
    return { data: body.data, errors, journal, text: answer.body };
  };
}

const parsed = new Map<string, DocumentNode>();

function createFetch(
  cuts: readonly Cut[],
  journal: Journal,
  { watch, onRequest }: Listeners,
): SubgraphFetch {
  return async ({ subgraph, body }) => {
    onRequest?.(subgraph, body);
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
      contextValue: { journal, watch: watch?.(subgraph) },
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
