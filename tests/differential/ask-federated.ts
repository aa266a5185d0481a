import { composeServices } from '@apollo/composition';
import { anonymous } from '@trellis/platform/identity';
import { createDeadline } from '@trellis/platform/deadline';
import { readTraceContext } from '@trellis/platform/trace-context';
import type { Engine } from '@trellis/gateway/engine';
import type { SubgraphFetch, SubgraphResponse } from '@trellis/gateway/subgraph-request';
import {
  execute,
  getVariableValues,
  parse,
  validate,
  type DocumentNode,
  type GraphQLSchema,
  type OperationDefinitionNode,
} from 'graphql';
import type { Journal } from './make-monolith.ts';
import type { CutSubgraph } from './make-subgraphs.ts';
import type { Operation } from './operation-spec.ts';
import { measure } from './stopwatch.ts';

/** @throws Error when the subgraphs do not compose: then the generator is wrong */
export function composeSubgraphs(subgraphs: readonly CutSubgraph[]): string {
  const result = composeServices(
    subgraphs.map(({ name, sdl }) => ({
      name,
      url: `http://${name}.invalid`,
      typeDefs: parse(sdl),
    })),
  );
  if (result.errors) {
    const messages = result.errors.map(({ message }) => message);
    throw new Error([...messages, ...subgraphs.map(({ sdl }) => sdl)].join('\n'));
  }
  return result.supergraphSdl;
}

interface SubgraphOptions {
  readonly journal: Journal;
  /** The number of the request that finds nobody. */
  readonly failing: number;
  /** Is told of requests that a real subgraph would refuse. They are not validated where nobody wants to know. */
  readonly onInvalid?: (problem: Error) => void;
}

/** Answers what a gateway fetches, in this process, from graphql-js; the answer has gone through JSON. */
export function createSubgraphFetch(
  subgraphs: readonly CutSubgraph[],
  { journal, failing, onInvalid }: SubgraphOptions,
): SubgraphFetch {
  const byName = new Map(subgraphs.map((each) => [each.name, each]));
  let requests = 0;
  return async (request) => {
    const subgraph = byName.get(request.subgraph);
    if (!subgraph) throw new Error(`no subgraph ${request.subgraph}`);
    requests += 1;
    if (requests === failing + 1) throw new Error('nobody is there');
    const { query, variables } = JSON.parse(request.body) as {
      query: string;
      variables?: Record<string, unknown>;
    };
    const document = parseOnce(query);
    if (onInvalid) {
      const [problem] = measure('validate', () => validate(subgraph.schema, document));
      if (problem) onInvalid(new Error(`${subgraph.name} refuses ${query}: ${problem.message}`));
    }
    const result = await measure('subgraphs', () =>
      execute({
        schema: subgraph.schema,
        document,
        contextValue: journal,
        ...(variables ? { variableValues: variables } : {}),
      }),
    );
    return JSON.parse(JSON.stringify({ ...result, extensions: undefined })) as SubgraphResponse;
  };
}

const parsed = new Map<string, DocumentNode>();

function parseOnce(query: string): DocumentNode {
  let document = parsed.get(query);
  if (!document) {
    if (parsed.size > 2_000) parsed.clear();
    parsed.set(query, (document = parse(query)));
  }
  return document;
}

/**
 * Coerces the variables of an operation, defaults included, as the gateway does before an engine gets them.
 * @throws Error when they do not fit: then the generator is wrong
 */
export function coerceVariables(schema: GraphQLSchema, { text, variables }: Operation): Operation {
  const operation = parse(text).definitions[0] as OperationDefinitionNode;
  const { coerced, errors } = getVariableValues(
    schema,
    operation.variableDefinitions ?? [],
    variables,
  );
  if (!coerced) throw new Error(errors.join('\n'));
  return { text, variables: coerced };
}

/** Runs an operation through an engine, as the gateway's walk does after its checks. */
export async function askEngine(
  engine: Engine,
  { text, variables }: Operation,
  fetch: SubgraphFetch,
): Promise<string> {
  const document = parse(text);
  const operation = document.definitions[0] as OperationDefinitionNode;
  const executable = await measure('plan', () =>
    engine.plan({
      prepared: {
        hash: text,
        document,
        operation,
        name: operation.name?.value,
        kind: operation.operation,
      },
      removed: [],
    }),
  );
  const context = {
    id: `${text.length}`,
    identity: anonymous,
    headers: {},
    signal: new AbortController().signal,
    deadline: createDeadline(60_000),
    trace: readTraceContext(undefined, undefined),
  };
  const { body } = await executable.execute(variables, context, fetch);
  return body;
}
