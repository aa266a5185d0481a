import { createServer, type Server, type Socket } from 'node:net';
import { answerQuery } from './answer-query.ts';
import { MessageCollector, type Message } from '../load/message-collector.ts';

export interface SubgraphServer {
  readonly server: Server;
  readonly port: number;
}

/**
 * Serves all subgraphs on one port, `/<subgraph>`, as cheaply as Node can: a body seen before is answered with the
 * bytes of its first answer, straight from the socket. So the gateway is what is measured, not its subgraphs.
 *
 * `GET /calls` answers the number of calls so far, by subgraph; it is not counted itself.
 */
export async function serveSubgraphs(port: number): Promise<SubgraphServer> {
  const responder = new Responder();
  const server = createServer({ noDelay: true }, (socket) => responder.accept(socket));
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', 4096, resolve);
  });
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('No TCP address.');
  return { server, port: address.port };
}

class Responder {
  readonly #answers = new Map<string, Buffer>();
  readonly #learning = new Map<string, Promise<Buffer>>();
  readonly #calls: Record<string, number> = {};

  accept(socket: Socket): void {
    const collector = new MessageCollector((message) => this.#respond(socket, message));
    socket.on('data', (chunk) => collector.push(chunk));
    socket.on('error', () => socket.destroy());
  }

  #respond(socket: Socket, message: Message): void {
    const path = message.head.slice(message.head.indexOf(' ') + 2, message.head.indexOf(' HTTP/'));
    if (path === 'calls') return void socket.write(httpResponse(200, JSON.stringify(this.#calls)));
    this.#calls[path] = (this.#calls[path] ?? 0) + 1;
    const key = path + message.body;
    const known = this.#answers.get(key);
    if (known !== undefined) return void socket.write(known);
    void this.#learn(key, path, message.body).then((bytes) => socket.write(bytes));
  }

  #learn(key: string, subgraph: string, body: string): Promise<Buffer> {
    const underWay = this.#learning.get(key);
    if (underWay !== undefined) return underWay;
    const learning = answerQuery(subgraph, body)
      .then(
        (json) => httpResponse(200, json),
        (error: unknown) => httpResponse(500, JSON.stringify({ error: String(error) })),
      )
      .then((bytes) => {
        this.#answers.set(key, bytes);
        this.#learning.delete(key);
        return bytes;
      });
    this.#learning.set(key, learning);
    return learning;
  }
}

function httpResponse(status: number, json: string): Buffer {
  const head = `HTTP/1.1 ${status} ${status === 200 ? 'OK' : 'Error'}\r\n`;
  const headers = `content-type: application/json\r\ncontent-length: ${Buffer.byteLength(json)}\r\n\r\n`;
  return Buffer.from(head + headers + json);
}
