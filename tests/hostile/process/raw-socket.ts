import { connect, type Socket } from 'node:net';

/** What came back on a bare socket, and how it ended. */
export interface RawAnswer {
  readonly text: string;
  readonly statuses: readonly number[];
  /** From the first byte sent to the end of the connection. */
  readonly elapsedMs: number;
}

export async function openSocket(port: number): Promise<Socket> {
  const socket = connect(port, '127.0.0.1');
  // Whoever is cut off is told by a reset, too.
  socket.on('error', () => undefined);
  await new Promise<void>((resolve, reject) => {
    socket.once('connect', resolve);
    socket.once('error', reject);
  });
  return socket;
}

/** Sends the text and collects everything until the other side ends the connection. */
export async function sendRaw(port: number, text: string | Buffer): Promise<RawAnswer> {
  const socket = await openSocket(port);
  const answer = collect(socket);
  socket.write(text);
  return answer;
}

/** Everything that arrives on the socket until it is closed. */
export async function collect(socket: Socket): Promise<RawAnswer> {
  const startedAt = performance.now();
  let text = '';
  socket.on('data', (chunk: Buffer) => (text += chunk.toString('latin1')));
  await new Promise<void>((resolve) => socket.once('close', () => resolve()));
  const statuses = [...text.matchAll(/HTTP\/1\.[01] (\d{3}) /g)].map(([, status]) =>
    Number(status),
  );
  return { text, statuses, elapsedMs: performance.now() - startedAt };
}

/** A whole request as text. */
export function writeRequest(body: string, headers: readonly string[] = []): string {
  return [
    'POST /graphql HTTP/1.1',
    'host: localhost',
    'content-type: application/json',
    `content-length: ${Buffer.byteLength(body)}`,
    ...headers,
    '',
    body,
  ].join('\r\n');
}

/** Waits for something that must come true. @throws Error when it does not within the time */
export async function until(what: string, isTrue: () => boolean, maxMs = 45_000): Promise<number> {
  const startedAt = performance.now();
  while (!isTrue()) {
    if (performance.now() - startedAt > maxMs) throw new Error(`${what}: not after ${maxMs} ms`);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
  return performance.now() - startedAt;
}
