import { ApolloGateway } from '@apollo/gateway';
import { executeSync, Kind, type GraphQLFormattedError, type GraphQLSchema } from 'graphql';
import { decideCaching, type CachePolicy } from '../cache-policy.ts';
import { GatewayError } from '../errors.ts';
import { describeProblem } from '../describe-problem.ts';
import type { Answer, PermittedOperation } from '../request.ts';
import type { PreparedOperation } from '../operation/prepared-operation.ts';
import { refuseOverflow, type AnsweredOperation } from './refuse-overflow.ts';
import { createDataSource, type Caller } from './apollo-data-source.ts';
import type { CoercedVariables, Engine, Executable } from './engine.ts';
import { noteUnfitValues, type NoteUnfitAnswer } from './unfit-answer.ts';

export interface ApolloEngineInput {
  readonly sdl: string;
  /** The schema clients see, made from the same SDL. */
  readonly apiSchema: GraphQLSchema;
}

type Executor = Awaited<ReturnType<ApolloGateway['load']>>['executor'];
type ApolloRequest = Parameters<Executor>[0];

const silent = { debug: ignore, info: ignore, warn: ignore, error: ignore };

/**
 * Stock `@apollo/gateway` as an engine: its own planner, execution and plan cache. Its subgraph requests go through
 * our transport, so identity, deadlines, retries and breakers are the same for both engines.
 * @throws Error when stock Apollo refuses the supergraph
 */
export async function createApolloEngine(
  { sdl, apiSchema }: ApolloEngineInput,
  noteUnfit?: NoteUnfitAnswer,
): Promise<Engine> {
  const gateway = withoutTelemetry(
    () =>
      new ApolloGateway({
        supergraphSdl: sdl,
        buildService: ({ name }) => createDataSource(name),
        logger: silent,
        __exposeQueryPlanExperimental: false,
      }),
  );
  const { executor } = await loadStock(gateway);
  return {
    plan: (permitted) => createExecutable(permitted, executor, { apiSchema, noteUnfit }),
    close: () => gateway.stop(),
  };
}

/** Stock Apollo refuses directives that it does not know, though they are enforced before it here. */
async function loadStock(gateway: ApolloGateway): Promise<{ readonly executor: Executor }> {
  try {
    return await gateway.load();
  } catch (error) {
    const reason = describeProblem(error);
    if (!reason.includes('is unsupported')) throw error;
    throw new Error(`"engine: apollo" cannot serve it, "engine: trellis" can: ${reason}`, {
      cause: error,
    });
  }
}

/**
 * Stock Apollo's constructor starts to report figures to its makers unless the environment forbids it. Whoever runs
 * this gateway has not agreed to that.
 */
function withoutTelemetry(create: () => ApolloGateway): ApolloGateway {
  const name = 'APOLLO_TELEMETRY_DISABLED';
  const before = process.env[name];
  process.env[name] = 'true';
  try {
    return create();
  } finally {
    if (before === undefined) delete process.env[name];
    else process.env[name] = before;
  }
}

interface ApolloExecution {
  readonly apiSchema: GraphQLSchema;
  readonly noteUnfit: NoteUnfitAnswer | undefined;
}

function createExecutable(
  permitted: PermittedOperation,
  executor: Executor,
  { apiSchema, noteUnfit }: ApolloExecution,
): Executable {
  if (permitted.removed.length > 0 || permitted.guarded) {
    // Stock Apollo would fetch what was taken out, and knows no rules between its fetches.
    throw new GatewayError('FORBIDDEN', 'Parts of this operation are not permitted.');
  }
  const { prepared } = permitted;
  const { document, operation } = prepared;
  return {
    async execute(variables, context, fetch) {
      if (context.signal.aborted) throw new GatewayError('CLIENT_CLOSED_REQUEST');
      const { schemaView } = context.access ?? {};
      // Stock Apollo would show the whole schema.
      if (schemaView) return showSchema(schemaView, prepared, variables);
      const request = makeRequest(prepared, variables, apiSchema);
      const caller: Caller = { context, fetch, headers: { said: undefined, isSilent: false } };
      const result = await executor({ ...request, context: { caller } });
      const { errors, answer } = writeAnswer(result, { document, operation, apiSchema });
      if (errors.length > 0 && noteUnfit) noteUnfitValues(context.id, errors, noteUnfit);
      return answer.errorCount === 0 ? { ...answer, cache: cacheOf(caller) } : answer;
    },
  };
}

/** The same as with our own engine: the strictest of headers and hints, and for this caller alone where rules had a say. */
function cacheOf({ context: { access, cacheHints }, headers }: Caller): CachePolicy | undefined {
  const cache = decideCaching(headers, cacheHints);
  return cache && access ? { ...cache, isPrivate: true } : cache;
}

/** @throws GatewayError FORBIDDEN for operations that ask for more than the schema */
function showSchema(
  schema: GraphQLSchema,
  { document, operation, name }: PreparedOperation,
  variableValues: CoercedVariables,
): Answer {
  const isSchemaOnly = operation.selectionSet.selections.every(
    (each) => each.kind === Kind.FIELD && each.name.value.startsWith('__'),
  );
  if (!isSchemaOnly) {
    throw new GatewayError('FORBIDDEN', 'Ask for the schema alone: parts of it are not permitted.');
  }
  const result = executeSync({ schema, document, operationName: name ?? null, variableValues });
  return { body: JSON.stringify(result), errorCount: result.errors?.length ?? 0 };
}

function makeRequest(
  prepared: PermittedOperation['prepared'],
  variables: CoercedVariables,
  apiSchema: GraphQLSchema,
): ApolloRequest {
  // The names are Apollo's; what stock execution reads is the document, the operation name, hash and variables.
  const request = {
    request: { operationName: prepared.name, variables: { ...variables } },
    document: prepared.document,
    operation: prepared.operation,
    operationName: prepared.name ?? null,
    queryHash: prepared.hash,
    source: '',
    schema: apiSchema,
    schemaHash: '',
    logger: silent,
    metrics: {},
    overallCachePolicy: undefined,
  };
  return request as unknown as ApolloRequest;
}

function writeAnswer(
  result: Awaited<ReturnType<Executor>>,
  asked: AnsweredOperation,
): { readonly errors: readonly GraphQLFormattedError[]; readonly answer: Answer } {
  const errors = (result.errors ?? []).map((error): GraphQLFormattedError => {
    const { code = 'INTERNAL_SERVER_ERROR', ...extensions } = error.extensions;
    delete extensions['stacktrace'];
    // Names of subgraphs are nobody's business outside.
    delete extensions['serviceName'];
    const path = error.path ? { path: error.path } : {};
    return { message: error.message, ...path, extensions: { code, ...extensions } };
  });
  for (const completion of readCompletions(result.extensions)) {
    if (!errors.some(({ path }) => path?.[0] === completion.path?.[0])) errors.push(completion);
  }
  const { data, errors: overflows } = refuseOverflow(result.data ?? null, asked);
  errors.push(...overflows);
  const body = errors.length > 0 ? { errors, data } : { data };
  return { errors, answer: { body: JSON.stringify(body), errorCount: errors.length } };
}

/** Stock execution says why it put null for a value only in `extensions.valueCompletion`: they are errors like others. */
function readCompletions(extensions: unknown): readonly GraphQLFormattedError[] {
  const { valueCompletion } = (extensions ?? {}) as {
    readonly valueCompletion?: readonly GraphQLFormattedError[];
  };
  return (valueCompletion ?? []).map(({ message, path }) => ({
    message,
    ...(path ? { path } : {}),
    extensions: { code: 'SUBGRAPH_MALFORMED_RESPONSE' },
  }));
}

function ignore(): void {
  // Stock Apollo's own log lines say nothing that ours do not.
}
