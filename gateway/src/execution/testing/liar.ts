import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface Asked {
  readonly query: string;
  readonly variables: Readonly<Record<string, unknown>>;
}

/** A subgraph on a real port that says whatever a test wants, byte for byte. */
export interface Liar {
  readonly name: string;
  readonly url: string;
  readonly sdl: string;
  /** Every request body it got, oldest first. */
  readonly bodies: string[];
  readonly headers: [];
  delayMs: number;
  say: (asked: Asked) => string;
  stop(): Promise<void>;
}

export async function startLiar(name: string, sdl: string): Promise<Liar> {
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const body = Buffer.concat(chunks).toString();
      liar.bodies.push(body);
      const { query, variables = {} } = JSON.parse(body) as Partial<Asked> & { query: string };
      response.setHeader('content-type', 'application/json');
      response.end(liar.say({ query, variables }));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const liar: Liar = {
    name,
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/graphql`,
    sdl,
    bodies: [],
    headers: [],
    delayMs: 0,
    say: () => '{"data":{}}',
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
  return liar;
}
