import {
  createServer,
  request as openRequest,
  type IncomingMessage,
  type ServerResponse,
} from 'node:http';
import type { AddressInfo } from 'node:net';

/** What may happen to a request to a subgraph. */
export const faults = ['unreachable', 'silent', 'failing', 'malformed'] as const;
export type Fault = (typeof faults)[number];

/** Stands before a subgraph, writes down what it is asked, and lets chosen requests go wrong. */
export interface FaultProxy {
  url: string;
  /** Documents it was asked since the last `forget`, each once, oldest first. */
  asked: () => string[];
  forget: () => void;
  /** From now on requests with this document go wrong; undefined: none. */
  break: (document: string | undefined, fault: Fault) => void;
  /** Whether a request went wrong since the last `break`. */
  hasGoneWrong: () => boolean;
  close: () => Promise<void>;
}

/** @param target where requests that do not go wrong are answered */
export async function startFaultProxy(target: string): Promise<FaultProxy> {
  const asked = new Set<string>();
  let broken: { document: string; fault: Fault } | undefined;
  let hasGoneWrong = false;
  const answer = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const body = await readBody(request);
    const { query } = JSON.parse(body) as { query: string };
    asked.add(query);
    if (broken?.document === query) {
      hasGoneWrong = true;
      goWrong(broken.fault, response);
    } else await forward(target, body, response);
  };
  const server = createServer((request, response) => {
    // A gateway that leaves, or a target that is closed meanwhile, ends this exchange and nothing else.
    answer(request, response).catch(() => response.destroy());
  });
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}/graphql`,
    asked: () => [...asked],
    forget: () => asked.clear(),
    break: (document, fault) => {
      broken = document === undefined ? undefined : { document, fault };
      hasGoneWrong = false;
    },
    hasGoneWrong: () => hasGoneWrong,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

function goWrong(fault: Fault, response: ServerResponse): void {
  if (fault === 'unreachable') response.socket?.destroy();
  if (fault === 'failing') response.writeHead(500).end('{"errors":[{"message":"failing"}]}');
  if (fault === 'malformed') response.writeHead(200).end('<html></html>');
  // `silent`: nothing is ever answered.
}

/** Each time over a socket of its own: one that is kept may be closed by the target at that moment. */
async function forward(target: string, body: string, response: ServerResponse): Promise<void> {
  const answer = await new Promise<IncomingMessage>((resolve, reject) => {
    openRequest(target, { method: 'POST', agent: false }, resolve).once('error', reject).end(body);
  });
  const text = await readBody(answer);
  response.writeHead(answer.statusCode ?? 502, { 'content-type': 'application/json' }).end(text);
}

async function readBody(message: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of message) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString('utf8');
}
