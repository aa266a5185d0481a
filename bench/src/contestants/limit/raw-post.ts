import { connect, type Socket } from 'node:net';
import { MessageCollector } from '../../load/message-collector.ts';
import { callerHeader } from '../../workloads.ts';
import type { Post, SubgraphAnswer } from './post.ts';

interface Connection {
  readonly socket: Socket;
  waiting: Waiting | undefined;
}
interface Waiting {
  readonly resolve: (answer: SubgraphAnswer) => void;
  readonly reject: (error: Error) => void;
}

/**
 * The thinnest HTTP client that Node allows: pooled keep-alive sockets, one write per request, one parse per answer.
 * It has no timeouts, limits or retries: it is a ruler, not a client to use.
 */
export function createRawPost(port: number): Post {
  const idle: Connection[] = [];

  const open = (): Connection => {
    const socket = connect({ port, host: '127.0.0.1', noDelay: true });
    const connection: Connection = { socket, waiting: undefined };
    const collector = new MessageCollector(({ body }) => {
      const waiting = connection.waiting;
      connection.waiting = undefined;
      idle.push(connection);
      waiting?.resolve(JSON.parse(body) as SubgraphAnswer);
    });
    socket.on('data', (chunk) => collector.push(chunk));
    const fail = (error: Error): void => connection.waiting?.reject(error);
    socket.on('error', fail);
    socket.on('close', () => fail(new Error('A subgraph closed the connection.')));
    return connection;
  };

  return ({ subgraph, body, caller }) =>
    new Promise((resolve, reject) => {
      const connection = idle.pop() ?? open();
      connection.waiting = { resolve, reject };
      const callerLine = caller === undefined ? '' : `${callerHeader}: ${caller}\r\n`;
      connection.socket.write(
        `POST /${subgraph} HTTP/1.1\r\nhost: 127.0.0.1\r\ncontent-type: application/json\r\n${callerLine}` +
          // Only ASCII is sent here, so characters are bytes.
          `content-length: ${body.length}\r\n\r\n${body}`,
        'latin1',
      );
    });
}
