import { composeServices } from '@apollo/composition';
import { Supergraph } from '@apollo/federation-internals';
import { buildSubgraphSchema } from '@apollo/subgraph';
import { anonymous, type Identity } from '@trellis/platform/identity';
import { createHash } from 'node:crypto';
import { graphql, Kind, parse, validate } from 'graphql';
import type { GraphQLSchema } from 'graphql';
import type { PermittedOperation, RequestContext } from '../../request.ts';
import type {
  SubgraphFetch,
  SubgraphRequest,
  SubgraphResponse,
} from '../../transport/subgraph-fetch.ts';
import { supportedFeatures } from '../../supergraph/supported-features.ts';
import type { TrellisEngineOptions } from '../engine-options.ts';
import type { Engine } from '../engine.ts';
import type { ExecutionTrace } from '../execution-trace.ts';
import { createTrellisEngine } from '../trellis-engine.ts';

export interface LocalSubgraph {
  readonly sdl: string;
  readonly resolvers?: Record<string, unknown>;
}

/** Loose on purpose: tests say what they expect. */
export interface LocalAnswer {
  readonly data: Readonly<Record<string, unknown>> | null;
  readonly errors?: readonly {
    readonly message: string;
    readonly path?: readonly (string | number)[];
    readonly extensions?: Readonly<Record<string, unknown>>;
  }[];
}

export interface RunOptions {
  readonly variables?: Readonly<Record<string, unknown>>;
  readonly context?: Partial<RequestContext>;
  readonly trace?: ExecutionTrace;
}

/** A graph in this process: real subgraph schemas, no HTTP. */
export interface LocalGraph {
  readonly engine: Engine;
  readonly sdl: string;
  readonly apiSchema: GraphQLSchema;
  /** Every request to a subgraph, oldest first. */
  readonly requests: SubgraphRequest[];
  /** Stands between engine and subgraphs; tests replace it to fail, wait or lie. */
  intercept: (
    request: SubgraphRequest,
    next: () => Promise<SubgraphResponse>,
    context: RequestContext,
  ) => Promise<SubgraphResponse>;
  readonly fetch: SubgraphFetch;
  permit(query: string): PermittedOperation;
  run(query: string, options?: RunOptions): Promise<LocalAnswer>;
  /** The answer's text. */
  runText(query: string, options?: RunOptions): Promise<string>;
}

const link = `extend schema @link(url: "https://specs.apollo.dev/federation/v2.8",
  import: ["@key", "@external", "@requires", "@provides", "@shareable", "@inaccessible", "@interfaceObject",
    "@override", "@authenticated", "@requiresScopes", "@policy", "@context", "@fromContext"])`;

/** Composes subgraphs and creates an engine over them. */
export function createLocalGraph(
  subgraphs: Readonly<Record<string, LocalSubgraph>>,
  options: TrellisEngineOptions = {},
): LocalGraph {
  const schemas = new Map<string, GraphQLSchema>();
  const services = Object.entries(subgraphs).map(([name, { sdl, resolvers = {} }]) => {
    const typeDefs = parse(`${link}\n${sdl}`);
    schemas.set(name, buildSubgraphSchema({ typeDefs, resolvers: resolvers as never }));
    return { name, url: `http://${name}.example`, typeDefs };
  });
  const composed = composeServices(services);
  if (!composed.supergraphSdl) throw new Error(String(composed.errors));
  const sdl = composed.supergraphSdl;
  const apiSchema = Supergraph.build(sdl, { supportedFeatures }).apiSchema().toGraphQLJSSchema();
  const engine = createTrellisEngine({ sdl, apiSchema, options });
  const requests: SubgraphRequest[] = [];

  const ask = async ({ subgraph, body }: SubgraphRequest): Promise<SubgraphResponse> => {
    const schema = schemas.get(subgraph);
    if (!schema) throw new Error(`There is no subgraph ${subgraph}.`);
    const { query, variables } = JSON.parse(body) as {
      query: string;
      variables?: Record<string, unknown>;
    };
    const invalid = validate(schema, parse(query));
    if (invalid.length > 0) throw new Error(`${subgraph} refuses ${query}: ${invalid[0]?.message}`);
    const result = await graphql({ schema, source: query, variableValues: variables ?? {} });
    return JSON.parse(JSON.stringify(result)) as SubgraphResponse;
  };
  const graph: LocalGraph = {
    engine,
    sdl,
    apiSchema,
    requests,
    intercept: (_request, next) => next(),
    fetch: (request, context) => {
      requests.push(request);
      return graph.intercept(request, () => ask(request), context);
    },
    permit: (query) => permit(query, apiSchema),
    async run(query, given) {
      return JSON.parse(await graph.runText(query, given)) as LocalAnswer;
    },
    async runText(query, given = {}) {
      const executable = await engine.plan(permit(query, apiSchema));
      const { variables = {}, trace } = given;
      const context = makeContext(given.context);
      return (await executable.execute(variables, context, graph.fetch, trace)).body;
    },
  };
  return graph;
}

function permit(query: string, schema: GraphQLSchema): PermittedOperation {
  const document = parse(query, { noLocation: true });
  const invalid = validate(schema, document);
  if (invalid.length > 0) throw new Error(invalid[0]?.message);
  const operation = document.definitions.find((each) => each.kind === Kind.OPERATION_DEFINITION);
  if (operation?.kind !== Kind.OPERATION_DEFINITION)
    throw new Error('The test needs an operation.');
  const prepared = {
    hash: createHash('sha256').update(query).digest('hex'),
    document,
    operation,
    name: operation.name?.value,
    kind: operation.operation,
  };
  return { prepared, removed: [] };
}

/** A caller nobody knows, in no hurry. */
export function makeContext(given: Partial<RequestContext> = {}): RequestContext {
  return {
    id: 'test',
    identity: anonymous,
    headers: {},
    signal: new AbortController().signal,
    deadline: { remainingMs: () => 60_000 },
    trace: { traceId: '0'.repeat(32), parentId: '0'.repeat(16), isSampled: false } as never,
    ...given,
  };
}

/** A user with a name. */
export function userIdentity(subject: string): Identity {
  return { ...anonymous, kind: 'user', subject };
}
