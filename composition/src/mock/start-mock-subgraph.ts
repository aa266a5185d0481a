import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buildSubgraph } from '@apollo/federation-internals';
import {
  execute,
  GraphQLError,
  isInterfaceType,
  Kind,
  parse,
  validate,
  visit,
  type DocumentNode,
  type ExecutionResult,
  type GraphQLSchema,
} from 'graphql';
import { createMockResolver } from './mock-resolver.ts';
import type { MockObject } from './mock-value.ts';

/** A subgraph that answers any operation of its schema with made-up values. */
export interface MockSubgraph {
  url: string;
  /** Answers with another schema from now on. */
  replaceSchema: (sdl: string) => void;
  close: () => Promise<void>;
}

interface MockGraph {
  schema: GraphQLSchema;
  sdl: string;
}

/** Starts a mock on a free port of 127.0.0.1. */
export async function startMockSubgraph(name: string, sdl: string): Promise<MockSubgraph> {
  let graph = buildMockGraph(name, sdl);
  const server = createServer((request, response) => {
    void answer(request, graph).then((result) => {
      response.writeHead(200, { 'content-type': 'application/json' });
      response.end(JSON.stringify(result));
    });
  });
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}/graphql`,
    replaceSchema: (changed) => {
      graph = buildMockGraph(name, changed);
    },
    close: () => closeServer(server),
  };
}

function buildMockGraph(name: string, sdl: string): MockGraph {
  const document = dropAbsentRoots(parse(sdl));
  return { sdl, schema: buildSubgraph(name, '', document).schema.toGraphQLJSSchema() };
}

/** Schemas read back out of a supergraph name a root type `Query` also where the subgraph has entities only. */
function dropAbsentRoots(document: DocumentNode): DocumentNode {
  const types = new Set(
    document.definitions.map((each) => ('name' in each ? each.name?.value : '')),
  );
  return visit(document, {
    SchemaDefinition: (node) => {
      const operationTypes = node.operationTypes.filter(({ type }) => types.has(type.name.value));
      return operationTypes.length > 0
        ? { ...node, operationTypes }
        : { ...node, kind: Kind.SCHEMA_EXTENSION, operationTypes };
    },
  });
}

async function answer(
  request: IncomingMessage,
  { schema, sdl }: MockGraph,
): Promise<ExecutionResult> {
  try {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const body = JSON.parse(Buffer.concat(chunks).toString('utf8')) as {
      query: string;
      variables?: Record<string, unknown>;
      operationName?: string;
    };
    const document = parse(body.query);
    const errors = validate(schema, document);
    if (errors.length > 0) return { errors };
    return await execute({
      schema,
      document,
      variableValues: body.variables ?? null,
      operationName: body.operationName ?? null,
      fieldResolver: createMockResolver(sdl),
      typeResolver: (value) => concreteType((value as MockObject).__typename, schema),
    });
  } catch (error) {
    return { errors: [new GraphQLError((error as Error).message)] };
  }
}

/** An entity may be asked for by the name of its interface (@interfaceObject): any of its types will do. */
function concreteType(name: string, schema: GraphQLSchema): string {
  const type = schema.getType(name);
  return isInterfaceType(type) ? (schema.getPossibleTypes(type)[0]?.name ?? name) : name;
}

function closeServer(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
    server.closeAllConnections();
  });
}
