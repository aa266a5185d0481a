import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { createServer, type IncomingHttpHeaders, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createHttpSource } from './http-source.ts';

describe('a supergraph at an address', () => {
  let server: Server;
  let url: string;
  let content: { sdl: string | Buffer; etag: string } | undefined;
  let requests: IncomingHttpHeaders[];
  let answered: number[];

  beforeEach(async () => {
    content = { sdl: 'one', etag: '"1"' };
    requests = [];
    answered = [];
    server = createServer(({ headers }, response) => {
      requests.push(headers);
      const status = !content ? 503 : headers['if-none-match'] === content.etag ? 304 : 200;
      answered.push(status);
      response.writeHead(status, content ? { etag: content.etag } : {});
      response.end(status === 200 ? content?.sdl : undefined);
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/supergraph`;
  });
  afterEach(async () => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  });

  const create = () =>
    createHttpSource({
      url,
      headers: { authorization: 'Bearer x' },
      pollIntervalMs: 20,
      timeoutMs: 5_000,
    });

  test('is read with the headers of the settings', async () => {
    expect(await create().load()).toBe('one');
    expect(requests[0]?.authorization).toBe('Bearer x');
  });

  test('is asked for with the tag of the last, and reported once when it is new', async () => {
    const source = create();
    await source.load();
    const seen: string[] = [];
    const change = new Promise<void>((resolve) => {
      const stop = source.watch({
        onChange(sdl) {
          seen.push(sdl);
          if (sdl === 'three') {
            stop();
            resolve();
          } else content = { sdl: 'three', etag: '"3"' };
        },
        onProblem: () => undefined,
      });
    });
    while (!answered.includes(304)) await new Promise((resolve) => setTimeout(resolve, 5));
    content = { sdl: 'two', etag: '"2"' };
    await change;
    expect(seen).toEqual(['two', 'three']);
  });

  /** Serves what is bad until so many problems were told, then a good one. @returns the problems, when that has come */
  async function recover(bad: typeof content, after: number): Promise<readonly string[]> {
    const source = create();
    await source.load();
    content = bad;
    const problems: string[] = [];
    const sdl = await new Promise<string>((resolve) => {
      const stop = source.watch({
        onChange(text) {
          stop();
          resolve(text);
        },
        onProblem(error) {
          problems.push(error.message);
          if (problems.length === after) content = { sdl: 'two', etag: '"2"' };
        },
      });
    });
    expect(sdl).toBe('two');
    return problems;
  }

  test('that cannot be read is a problem, and is tried again', async () => {
    expect(await recover(undefined, 1)).toContain('it answered 503');
  });

  test('that is no UTF-8 is a problem, and is not taken for the last', async () => {
    const problems = await recover({ sdl: Buffer.from([0x74, 0xff, 0x77]), etag: '"2"' }, 2);
    expect(problems.slice(0, 2)).toEqual(['it is not UTF-8', 'it is not UTF-8']);
  });

  test('that changes although its tag stays is taken, as far as it is sent', async () => {
    const source = create();
    const seen: string[] = [];
    server.removeAllListeners('request');
    let version = 0;
    server.on('request', (_request, response) => {
      version += 1;
      response.writeHead(200, { etag: '"always the same"' });
      response.end(`version ${version >> 1}`);
    });
    await source.load();
    await new Promise<void>((resolve) => {
      const stop = source.watch({
        onChange(text) {
          seen.push(text);
          if (seen.length < 3) return;
          stop();
          resolve();
        },
        onProblem: () => undefined,
      });
    });
    expect(seen).toEqual(['version 1', 'version 2', 'version 3']);
  });

  test('that cannot be read at the start is named', async () => {
    content = undefined;
    await expect(create().load()).rejects.toThrow(
      `The supergraph at ${url} cannot be read: it answered 503`,
    );
  });
});
