import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setImmediate as turn } from 'node:timers/promises';
import {
  startTestGateway,
  type TestGateway,
  type TestGatewayOptions,
} from '../../testing/start-test-gateway.ts';
import { startUsersAndReviews } from '../../testing/test-subgraphs.ts';
import { hashOf } from './automatic-queries.ts';

type Operation = NonNullable<NonNullable<TestGatewayOptions['settings']>['operation']>;

const query = '{ me { name } }';
const hash = hashOf(query);

describe('a manifest over HTTP', () => {
  let subgraphs: Awaited<ReturnType<typeof startUsersAndReviews>>;
  let folder: string;
  let server: Server;
  let url: string;
  const asked: (string | undefined)[] = [];
  let answer = { status: 200, etag: '"1"', body: '' };
  beforeAll(async () => {
    subgraphs = await startUsersAndReviews();
    folder = mkdtempSync(join(tmpdir(), 'trellis-manifest-'));
    server = createServer((request, response) => {
      const known = request.headers['if-none-match'];
      asked.push(known);
      const { status, etag, body } = answer;
      const isSame = known === etag && status === 200;
      response.writeHead(isSame ? 304 : status, { etag });
      response.end(isSame ? '' : body);
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/manifest.json`;
  });
  afterAll(async () => {
    await new Promise((resolve) => server.close(resolve));
    await subgraphs.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  async function withGateway(
    operation: Operation,
    run: (gateway: TestGateway) => Promise<void>,
  ): Promise<void> {
    const gateway = await startTestGateway(subgraphs.sdl, { settings: { operation } });
    try {
      await run(gateway);
    } finally {
      await gateway.stop();
    }
  }

  const until = async (holds: () => boolean | Promise<boolean>): Promise<void> => {
    while (!(await holds())) await turn();
  };
  async function askTwice(gateway: TestGateway): Promise<number[]> {
    const first = await gateway.ask({ query });
    const second = await gateway.ask({ query: '{ me { id } }' });
    return [first.status, second.status];
  }
  /** Waits until the manifest has been asked for, and the answer has been read: then another request comes. */
  async function give(next: typeof answer): Promise<void> {
    answer = next;
    const before = asked.length;
    await until(() => asked.length > before + 1);
  }
  const first = JSON.stringify({ [hash]: query });
  const second = JSON.stringify({ x: '{ me { id } }' });

  test('takes a newer one by its ETag, and keeps the last good one', async () => {
    answer = { status: 200, etag: '"1"', body: first };
    const safelist = { mode: 'enforce' as const, manifest: url, pollIntervalMs: 100 };
    await withGateway({ safelist }, async (gateway) => {
      expect(await askTwice(gateway)).toEqual([200, 403]);
      await until(() => asked.includes('"1"'));
      const broken = ['no manifest', '{}', '{"message":"not found"}', second.slice(0, -1)];
      for (const [at, body] of broken.entries()) {
        await give({ status: 200, etag: `"broken ${at}"`, body });
        expect(await askTwice(gateway)).toEqual([200, 403]);
      }
      await give({ status: 500, etag: '"2"', body: second });
      expect(await askTwice(gateway)).toEqual([200, 403]);
      answer = { status: 200, etag: '"3"', body: second };
      await until(async () => (await askTwice(gateway))[1] === 200);
      expect(await askTwice(gateway)).toEqual([403, 200]);
    });
  });

  test('starts with the last good one from disk while it cannot be had, and takes the next', async () => {
    const lastGoodFile = join(folder, 'kept', 'manifest.json');
    const safelist = {
      mode: 'enforce' as const,
      manifest: url,
      pollIntervalMs: 100,
      lastGoodFile,
    };
    answer = { status: 503, etag: '"4"', body: first };
    await expect(withGateway({ safelist }, async () => undefined)).rejects.toThrow(
      'cannot be read: it answered 503',
    );
    answer = { status: 200, etag: '"5"', body: first };
    await withGateway({ safelist }, async (gateway) => {
      expect(await askTwice(gateway)).toEqual([200, 403]);
      await until(() => existsSync(lastGoodFile));
      await give({ status: 200, etag: '"6"', body: 'no manifest' });
    });
    for (const body of ['no manifest', '{"message":"not found"}']) {
      answer = { status: 200, etag: '"7"', body };
      await withGateway({ safelist }, async (gateway) => {
        expect(await askTwice(gateway)).toEqual([200, 403]);
      });
    }
    answer = { status: 503, etag: '"8"', body: '' };
    await withGateway({ safelist }, async (gateway) => {
      expect(await askTwice(gateway)).toEqual([200, 403]);
      answer = { status: 200, etag: '"9"', body: second };
      await until(async () => (await askTwice(gateway))[1] === 200);
    });
    answer = { status: 503, etag: '"10"', body: '' };
    await withGateway({ safelist }, async (gateway) => {
      expect(await askTwice(gateway)).toEqual([403, 200]);
    });
    writeFileSync(lastGoodFile, `${readFileSync(lastGoodFile, 'utf8')} `);
    await expect(withGateway({ safelist }, async () => undefined)).rejects.toThrow(
      'cannot be read: it answered 503',
    );
  });
});
