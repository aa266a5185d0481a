import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { formatCachePolicy, readCachePolicy, strictest } from './cache-policy.ts';
import { startTestGateway, type TestGateway } from './testing/start-test-gateway.ts';
import { startUsersAndReviews } from './testing/test-subgraphs.ts';

describe('a policy', () => {
  test.each([
    [undefined, 'no-store'],
    ['', 'no-store'],
    ['public', 'no-store'],
    ['no-store', 'no-store'],
    ['no-cache, max-age=5', 'no-store'],
    ['max-age=0', 'no-store'],
    ['max-age=x', 'no-store'],
    ['max-age=-1', 'no-store'],
    ['max-age=60', 'max-age=60, public'],
    ['Max-Age="60", Private', 'max-age=60, private'],
    ['max-age=60, s-maxage=10, public', 'max-age=10, public'],
    ['max-age=5, private="set-cookie"', 'max-age=5, private'],
  ])('is read from Cache-Control: %s', (header, written) => {
    expect(formatCachePolicy(readCachePolicy(header))).toBe(written);
  });

  test('of two is the strictest of both', () => {
    const long = { maxAgeSeconds: 60, isPrivate: false };
    const short = { maxAgeSeconds: 5, isPrivate: true };
    expect(strictest(long, short)).toEqual(short);
    expect(strictest({ ...long, isPrivate: true }, { ...short, isPrivate: false })).toEqual(short);
    expect(strictest(long, undefined)).toBeUndefined();
    expect(strictest(undefined, long)).toBeUndefined();
  });
});

describe.each(['trellis', 'apollo'] as const)(
  'Cache-Control of an answer, server: %s',
  (server) => {
    let subgraphs: Awaited<ReturnType<typeof startUsersAndReviews>>;
    let gateway: TestGateway;
    beforeAll(async () => {
      subgraphs = await startUsersAndReviews();
      gateway = await startTestGateway(subgraphs.sdl, {
        settings: { server, subgraphs: { users: { propagateHeaders: ['accept-language'] } } },
      });
    });
    afterAll(async () => {
      await gateway.stop();
      await subgraphs.stop();
    });
    beforeEach(() => {
      subgraphs.users.cacheControl = 'max-age=60, public';
      subgraphs.reviews.cacheControl = 'max-age=30, public';
    });

    async function controlOf(query: string): Promise<string | null> {
      return (await gateway.ask({ query })).headers.get('cache-control');
    }

    test('is what the strictest subgraph permits', async () => {
      expect(await controlOf('{ me { name } }')).toBe('max-age=60, public');
      expect(await controlOf('{ me { name reviews { text } } }')).toBe('max-age=30, public');
      subgraphs.reviews.cacheControl = 'max-age=300, private';
      expect(await controlOf('{ me { name reviews { text } } }')).toBe('max-age=60, private');
    });

    test('is no-store when one of them says nothing, or no', async () => {
      subgraphs.reviews.cacheControl = undefined;
      expect(await controlOf('{ me { name reviews { text } } }')).toBe('no-store');
      expect(await controlOf('{ me { name } }')).toBe('max-age=60, public');
      subgraphs.users.cacheControl = 'no-store';
      expect(await controlOf('{ me { id name } }')).toBe('no-store');
    });

    test('is no-store for errors, mutations and what no subgraph said', async () => {
      expect(await controlOf('{ me { name } fail }')).toBe('no-store');
      expect(await controlOf('mutation { rename(id: "2", name: "Grace") { name } }')).toBe(
        'no-store',
      );
      expect(await controlOf('{ nobody }')).toBe('no-store');
      expect(await controlOf('{ __typename }')).toBe('no-store');
    });
  },
);

describe('an answer that may be kept', () => {
  test('names the headers it depends on', async () => {
    const subgraphs = await startUsersAndReviews();
    subgraphs.users.cacheControl = 'max-age=60';
    const gateway = await startTestGateway(subgraphs.sdl, {
      settings: { subgraphs: { users: { propagateHeaders: ['accept-language'] } } },
    });
    const kept = await gateway.ask({ query: '{ me { name } }' });
    expect(kept.headers.get('vary')).toBe(
      'accept, authorization, cookie, x-api-key, accept-language',
    );
    const other = await gateway.ask({ query: '{ __typename }' });
    expect(other.headers.get('vary')).toBeNull();
    await gateway.stop();
    await subgraphs.stop();
  });
});
