import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { composeServices } from '@apollo/composition';
import { parse } from 'graphql';

/** A subgraph that costs next to nothing: what it takes is what it was told to wait. */
export interface EchoSubgraph {
  readonly url: string;
  readonly port: number;
  /** Its supergraph; with a word, one that differs in nothing but a description. */
  supergraph(word?: string): string;
  /** Waits so long before it answers. */
  delayMs: number;
  /** Answers nothing at all. */
  isHanging: boolean;
  /** Requests that arrived, that are waiting, and that were ended by the gateway before their answer. */
  readonly seen: { arrived: number; open: number; aborted: number };
  stop(): Promise<void>;
}

const sdl = `
  type Query { echo(n: Int!): Int text(kilobytes: Int!): String }
  type Mutation { write(n: Int!): Int }`;

/** What to ask it: every request is another one, so nothing of it is shared with others. */
export const echoQuery = 'query Echo($n: Int!) { echo(n: $n) }';
export const textQuery = 'query Text($n: Int!) { text(kilobytes: $n) }';

/** @param port 0: a free one */
export async function startEchoSubgraph(port = 0): Promise<EchoSubgraph> {
  const seen = { arrived: 0, open: 0, aborted: 0 };
  const server = createServer((request, response) => void serve(request, response));
  server.keepAliveTimeout = 60_000;
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
  const address = server.address() as AddressInfo;

  async function serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    seen.arrived += 1;
    seen.open += 1;
    response.once('close', () => {
      seen.open -= 1;
      if (!response.writableFinished) seen.aborted += 1;
    });
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    if (subgraph.isHanging) return;
    setTimeout(() => {
      const body = answer(Buffer.concat(chunks).toString());
      response.writeHead(200, { 'content-type': 'application/json' });
      response.end(body);
    }, subgraph.delayMs);
  }

  const subgraph: EchoSubgraph = {
    url: `http://127.0.0.1:${address.port}/graphql`,
    port: address.port,
    supergraph: (word) => compose(subgraph.url, word),
    delayMs: 0,
    isHanging: false,
    seen,
    async stop() {
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      server.closeAllConnections();
      await closed;
    },
  };
  return subgraph;
}

function answer(body: string): string {
  const { query, variables = {} } = JSON.parse(body) as {
    readonly query: string;
    readonly variables?: Readonly<Record<string, number>>;
  };
  const [n = 0] = Object.values(variables);
  const [, alias, field = 'echo'] =
    /(?:(\w+)\s*:\s*)?\b(echo|text|write)\(/.exec(query.slice(query.indexOf('{'))) ?? [];
  const value = field === 'text' ? 'x'.repeat(n * 1_000) : n;
  return JSON.stringify({ data: { [alias ?? field]: value } });
}

function compose(url: string, word: string | undefined): string {
  const described = word === undefined ? sdl : `"${word}" scalar Word ${sdl}`;
  const { supergraphSdl, errors } = composeServices([
    { name: 'echo', url, typeDefs: parse(described) },
  ]);
  if (!supergraphSdl) throw new Error(String(errors));
  return supergraphSdl;
}
