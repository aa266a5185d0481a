import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { buildSubgraphSchema } from '@apollo/subgraph';
import { graphql, parse, type ExecutionResult } from 'graphql';
import { findFreePort } from '@trellis/platform/free-port';
import { bodyModes } from './body-modes.ts';
import { brokenForms, oddValues, rareForms } from './odd-body-modes.ts';
import { oddAndWrong, oddButRight } from './odd-wire-modes.ts';
import { wireModes } from './wire-modes.ts';

/** What a right answer is turned into. */
export interface Exchange {
  readonly request: IncomingMessage;
  /** The operation that was asked. */
  readonly query: string;
  readonly response: ServerResponse;
  /** What a healthy subgraph would answer. */
  readonly right: ExecutionResult;
  /** Writes a body as a healthy subgraph would. */
  readonly reply: (body: string | Buffer, headers?: Readonly<Record<string, string>>) => void;
}

export type Mode = (exchange: Exchange) => void;

export interface Subgraph {
  readonly name: string;
  readonly sdl: string;
  readonly url: string;
  readonly port: number;
  /** The name of a mode; `ok` for none. */
  mode: string;
  /** Bodies of all requests, oldest first. */
  readonly received: string[];
  /** Answers cut by the other side before they were complete. */
  cut: number;
  /** Requests that have come and were not answered yet. */
  readonly open: Set<ServerResponse>;
  /** Stops listening and cuts every connection: from then on connections are refused. */
  refuse(): Promise<void>;
  /** Stops listening, answers what has come, and closes its sockets as they fall idle: a graceful stop. */
  drain(): Promise<void>;
  /** Listens again, on the same port. */
  listen(): Promise<void>;
  stop(): Promise<void>;
}

export interface SubgraphDefinition {
  readonly name: string;
  readonly sdl: string;
  readonly resolvers: Record<string, unknown>;
}

/** A real subgraph that can be told to go wrong in a given way. */
export async function startFaultySubgraph(definition: SubgraphDefinition): Promise<Subgraph> {
  const { name, sdl, resolvers } = definition;
  const schema = buildSubgraphSchema({ typeDefs: parse(sdl), resolvers: resolvers as never });
  const server = createServer({ keepAliveTimeout: 60_000 }, (request, response) => {
    subgraph.open.add(response);
    response.on('close', () => {
      subgraph.open.delete(response);
      if (!response.writableFinished) subgraph.cut += 1;
    });
    void answer(request, response);
  });

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const body = await readBody(request);
    subgraph.received.push(body);
    const { query, variables } = JSON.parse(body) as {
      readonly query: string;
      readonly variables?: Record<string, unknown>;
    };
    const right = await graphql({ schema, source: query, variableValues: variables ?? {} });
    const reply: Exchange['reply'] = (text, headers = { 'content-type': 'application/json' }) => {
      response.writeHead(200, headers);
      response.end(text);
    };
    const mode = modes[subgraph.mode];
    if (!mode) throw new Error(`there is no mode ${subgraph.mode}`);
    mode({ request, query, response, right, reply });
  }

  // It leaves its port for a while, and comes back to it.
  const port = await findFreePort();
  await listenOn(server, port);
  const subgraph: Subgraph = {
    name,
    sdl,
    port,
    url: `http://127.0.0.1:${port}/graphql`,
    mode: 'ok',
    received: [],
    cut: 0,
    open: new Set(),
    refuse: () => close(server),
    drain: () => drain(server),
    listen: () => listenOn(server, port),
    stop: () => close(server),
  };
  return subgraph;
}

const modes: Readonly<Record<string, Mode>> = {
  ok: ({ right, reply }) => reply(JSON.stringify(right)),
  ...wireModes,
  ...bodyModes,
  ...oddButRight,
  ...oddAndWrong,
  ...rareForms,
  ...brokenForms,
  ...oddValues,
};

async function readBody(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString('utf8');
}

function listenOn(server: Server, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', () => {
      server.off('error', reject);
      resolve();
    });
  });
}

function drain(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
    server.closeIdleConnections();
  });
}

function close(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
    server.closeAllConnections();
  });
}
