import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { request } from 'node:http';
import { connect } from 'node:net';
import {
  readTestResponse,
  startTestGateway,
  type TestGateway,
  type TestResponse,
} from '../testing/start-test-gateway.ts';
import { startUsersAndReviews } from '../testing/test-subgraphs.ts';

let subgraphs: Awaited<ReturnType<typeof startUsersAndReviews>>;
let gateway: TestGateway;

beforeAll(async () => {
  subgraphs = await startUsersAndReviews();
  gateway = await startTestGateway(subgraphs.sdl, {
    settings: {
      engine: 'apollo',
      http: {
        maxBodyBytes: 20_000,
        cors: { origins: ['https://shop.example'], credentials: true },
      },
    },
  });
});
afterAll(async () => {
  await gateway.stop();
  await subgraphs.stop();
});

function codeOf({ json }: TestResponse): unknown {
  return json?.errors?.[0]?.extensions?.['code'];
}

describe('a refusal', () => {
  test.each([
    ['no JSON', '{"query":', 'BAD_REQUEST'],
    ['an empty body', '', 'BAD_REQUEST'],
    ['null', 'null', 'BAD_REQUEST'],
    ['a string', '"{ me { name } }"', 'BAD_REQUEST'],
    ['a number', '123', 'BAD_REQUEST'],
    ['a batch', '[{"query":"{ me { name } }"}]', 'BAD_REQUEST'],
    ['an empty object', '{}', 'BAD_REQUEST'],
    ['a query that is no string', '{"query":{"a":1}}', 'BAD_REQUEST'],
    ['variables that are no object', '{"query":"{ me { name } }","variables":[1]}', 'BAD_REQUEST'],
    [
      'extensions that are no object',
      '{"query":"{ me { name } }","extensions":"x"}',
      'BAD_REQUEST',
    ],
    [
      'an operation name that is no string',
      '{"query":"{ me { name } }","operationName":7}',
      'BAD_REQUEST',
    ],
    [
      'an unknown operation name',
      '{"query":"query A { me { name } }","operationName":"B"}',
      'OPERATION_RESOLUTION_FAILURE',
    ],
    [
      'two operations and no name',
      '{"query":"query A { me { name } } query B { me { name } }"}',
      'OPERATION_RESOLUTION_FAILURE',
    ],
    ['only a fragment', '{"query":"fragment F on User { name }"}', 'OPERATION_RESOLUTION_FAILURE'],
    ['no GraphQL', '{"query":"{ me { "}', 'GRAPHQL_PARSE_FAILED'],
    ['an unknown field', '{"query":"{ nobody }"}', 'GRAPHQL_VALIDATION_FAILED'],
    [
      'a missing variable',
      '{"query":"query ($id: ID!) { user(id: $id) { name } }"}',
      'BAD_USER_INPUT',
    ],
  ])('of %s is JSON with status 400 and a code', async (_what, body, code) => {
    const response = await gateway.ask(body);
    expect(response.status).toBe(400);
    expect(response.headers.get('content-type')).toContain('application/json');
    expect(codeOf(response)).toBe(code);
    expect(response.json).not.toHaveProperty('data');
  });

  test('of a subscription says that it is not served', async () => {
    const own = await gateway.ask({ query: 'subscription { x }' });
    expect(own.status).toBe(400);
  });

  test.each([
    'text/plain',
    'application/x-www-form-urlencoded',
    'application/json; charset=latin1',
  ])('of content type %s is a 415', async (type) => {
    const response = await gateway.ask('{"query":"{ me { name } }"}', { 'content-type': type });
    expect([response.status, codeOf(response)]).toEqual([415, 'UNSUPPORTED_MEDIA_TYPE']);
  });

  test('of a compressed body is a 415', async () => {
    const response = await gateway.ask('{"query":"{ me { name } }"}', {
      'content-encoding': 'gzip',
    });
    expect(response.status).toBe(415);
  });

  test('of a body beyond the limit is a 413', async () => {
    const response = await gateway.ask({ query: `# ${'x'.repeat(20_000)}\n{ me { name } }` });
    expect([response.status, codeOf(response)]).toEqual([413, 'BODY_TOO_LARGE']);
  });

  test('of a body without a length that never ends is a 413, and the connection is cut', async () => {
    const { hostname, port } = new URL(gateway.url);
    const result = await new Promise<{ text: string; sent: number }>((resolve) => {
      const socket = connect(Number(port), hostname);
      let text = '';
      let sent = 0;
      socket.write(
        'POST /graphql HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ntransfer-encoding: chunked\r\n\r\n',
      );
      const timer = setInterval(() => {
        socket.write(`1000\r\n${' '.repeat(4096)}\r\n`);
        sent += 4096;
      }, 5);
      socket.on('data', (chunk) => (text += String(chunk)));
      socket.on('error', () => undefined);
      socket.on('close', () => {
        clearInterval(timer);
        resolve({ text, sent });
      });
    });
    expect(result.text).toMatch(/^HTTP\/1.1 413 /);
    expect(result.text).toContain('BODY_TOO_LARGE');
    expect(result.sent).toBeLessThan(16_000_000);
  });

  test('holds at most ten errors and 64 KB', async () => {
    const fields = Array.from(
      { length: 400 },
      (_, index) => `unknownField${index}${'x'.repeat(30)}`,
    );
    const response = await gateway.ask({ query: `{ ${fields.slice(0, 300).join(' ')} }` });
    expect(response.json?.errors?.length).toBeLessThanOrEqual(10);
    expect(response.text.length).toBeLessThanOrEqual(64 * 1024);
  });

  test('of wrong variables names each, and repeats no value at length', async () => {
    const ids = Array.from({ length: 1_000 }, () => ({ bad: 'y'.repeat(5) }));
    const response = await gateway.ask({
      query: 'query ($filter: UserFilter) { users(filter: $filter) { name } }',
      variables: { filter: { ids, minimumAge: 'z'.repeat(1_000) } },
    });
    expect([response.status, codeOf(response)]).toEqual([400, 'BAD_USER_INPUT']);
    expect(response.json?.errors).toHaveLength(10);
    expect(response.text.length).toBeLessThan(5_000);
    expect(response.json?.errors?.[0]?.message).toContain('$filter.ids[0]');
  });

  test('of what is no HTTP is a 400', async () => {
    const { hostname, port } = new URL(gateway.url);
    const text = await new Promise<string>((resolve) => {
      const socket = connect(Number(port), hostname);
      let received = '';
      socket.on('data', (chunk) => (received += String(chunk)));
      socket.on('close', () => resolve(received));
      socket.write('hello\r\n\r\n');
    });
    expect(text).toMatch(/^HTTP\/1.1 400 /);
    expect(text).toContain('"errors"');
  });

  test('of another address says where GraphQL is', async () => {
    const response = await readTestResponse(await fetch(`${gateway.url}/nowhere`));
    expect([response.status, codeOf(response)]).toEqual([404, 'NOT_FOUND']);
  });

  test.each(['PUT', 'DELETE', 'PATCH'])('of %s names the methods that work', async (method) => {
    const response = await readTestResponse(await fetch(`${gateway.url}/graphql`, { method }));
    expect([response.status, codeOf(response)]).toEqual([405, 'METHOD_NOT_ALLOWED']);
    expect(response.headers.get('allow')).toBe('GET, POST');
  });
});

describe('GET', () => {
  function get(
    parameters: Record<string, string>,
    headers: Record<string, string> = {},
  ): Promise<TestResponse> {
    const search = new URLSearchParams(parameters);
    return fetch(`${gateway.url}/graphql?${search.toString()}`, {
      headers: { 'apollo-require-preflight': 'true', ...headers },
    }).then(readTestResponse);
  }

  test('answers a query with variables', async () => {
    const query = 'query ($id: ID!) { user(id: $id) { name } }';
    const response = await get({ query, variables: '{"id":"1"}' });
    expect(response.json).toEqual({ data: { user: { name: 'Ada' } } });
  });

  test('runs no mutation', async () => {
    const before = subgraphs.users.bodies.length;
    const response = await get({ query: 'mutation { rename(id: "1", name: "Eve") { name } }' });
    expect(response.status).toBe(405);
    expect(subgraphs.users.bodies).toHaveLength(before);
  });

  test('is refused when a foreign page could have caused it', async () => {
    const response = await get({ query: '{ me { name } }' }, { 'apollo-require-preflight': '' });
    expect([response.status, codeOf(response)]).toEqual([400, 'CSRF_PREVENTED']);
  });

  test.each([
    'message/x',
    'text/plain',
    'application/x-www-form-urlencoded',
    'multipart/form-data; boundary=x',
    'x',
  ])('with content type %s is a 415, whatever else it says', async (type) => {
    const response = await get({ query: '{ me { name } }' }, { 'content-type': type });
    expect([response.status, codeOf(response)]).toEqual([415, 'UNSUPPORTED_MEDIA_TYPE']);
  });

  test('of an address beyond the limit is a 414', async () => {
    const response = await get({ query: `{ me { name } } # ${'x'.repeat(8_500)}` });
    expect(response.status).toBe(414);
  });
});

describe('the media type of an answer', () => {
  test.each([
    ['*/*', 'application/json; charset=utf-8'],
    ['application/json', 'application/json; charset=utf-8'],
    ['application/graphql-response+json', 'application/graphql-response+json; charset=utf-8'],
    [
      'application/graphql-response+json, application/json;q=0.9',
      'application/graphql-response+json; charset=utf-8',
    ],
    ['application/json, application/graphql-response+json', 'application/json; charset=utf-8'],
    ['application/graphql-response+json;q=0.1, application/*', 'application/json; charset=utf-8'],
  ])('for Accept: %s is %s', async (accept, type) => {
    const response = await gateway.ask({ query: '{ me { name } }' }, { accept });
    expect([response.status, response.headers.get('content-type')]).toEqual([200, type]);
  });

  test.each(['text/xml', 'application/json;charset=latin1', 'application/json;q=0'])(
    'for Accept: %s is refused with 406',
    async (accept) => {
      expect((await gateway.ask({ query: '{ me { name } }' }, { accept })).status).toBe(406);
    },
  );
});

describe('every answer', () => {
  test.each([
    ['of data', '{ me { name } }', 200],
    ['of a refusal', '{ nobody }', 400],
  ])(
    '%s tells browsers what not to do with it, and nothing of the server',
    async (_what, query, status) => {
      const response = await gateway.ask({ query });
      expect(response.status).toBe(status);
      expect(Object.fromEntries(response.headers)).toMatchObject({
        'x-content-type-options': 'nosniff',
        'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
        'referrer-policy': 'no-referrer',
        'cache-control': 'no-store',
      });
      expect(response.headers.get('x-powered-by')).toBeNull();
      expect(response.headers.get('server')).toBeNull();
      expect(response.headers.get('strict-transport-security')).toBeNull();
    },
  );

  test('asks for TLS where the settings say so', async () => {
    const other = await startTestGateway(subgraphs.sdl, {
      settings: { http: { strictTransportSecuritySeconds: 60 } },
    });
    const { headers } = await other.ask({ query: '{ me { name } }' });
    expect(headers.get('strict-transport-security')).toBe('max-age=60; includeSubDomains');
    await other.stop();
  });
});

describe('pages of other origins', () => {
  test('read answers when their origin is allowed', async () => {
    const origin = 'https://shop.example';
    const { headers } = await gateway.ask({ query: '{ me { name } }' }, { origin });
    expect(headers.get('access-control-allow-origin')).toBe(origin);
    expect(headers.get('access-control-allow-credentials')).toBe('true');
  });

  test.each(['https://evil.example', 'null', 'https://shop.example.evil.example'])(
    'read nothing from origin %s',
    async (origin) => {
      const { headers } = await gateway.ask({ query: '{ me { name } }' }, { origin });
      expect(headers.get('access-control-allow-origin')).toBeNull();
      expect(headers.get('vary')).toBe('Origin');
    },
  );

  test('get their preflight answered', async () => {
    const response = await new Promise<Record<string, unknown>>((resolve, reject) => {
      const headers = {
        origin: 'https://shop.example',
        'access-control-request-method': 'POST',
        'access-control-request-headers': 'content-type',
      };
      request(`${gateway.url}/graphql`, { method: 'OPTIONS', headers }, (answer) => {
        answer.resume();
        resolve(answer.headers);
      })
        .on('error', reject)
        .end();
    });
    expect(response['access-control-allow-headers']).toBe('content-type');
  });
});
