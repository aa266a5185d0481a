import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { createHash } from 'node:crypto';
import { readVerdict } from './ask.ts';
import { startHostileGraph, type HostileGraph } from './hostile-graph.ts';
import { sendRaw } from './process/raw-socket.ts';

const query = '{ me { id } }';
const body = JSON.stringify({ query });
const address = `/graphql?query=${encodeURIComponent(query)}`;
const preflight = 'apollo-require-preflight: 1';
const json = 'content-type: application/json';

/** A request as it stands on the wire. Its connection ends with the answer. */
function request(line: string, headers: readonly string[], text: string | Buffer = ''): Buffer {
  const length = text.length > 0 ? [`content-length: ${Buffer.byteLength(text)}`] : [];
  const head = [line, 'host: shop.example', 'connection: close', ...length, ...headers, '', ''];
  return Buffer.concat([Buffer.from(head.join('\r\n')), Buffer.from(text)]);
}

const postRaw = (text: string | Buffer, ...headers: readonly string[]): Buffer =>
  request('POST /graphql HTTP/1.1', [json, ...headers], text);
const typed = (type: string): Buffer =>
  request('POST /graphql HTTP/1.1', [`content-type: ${type}`], body);
const getRaw = (url: string, ...headers: readonly string[]): Buffer =>
  request(`GET ${url} HTTP/1.1`, [preflight, ...headers]);
const parameters = (values: Readonly<Record<string, string>>): string =>
  `/graphql?${new URLSearchParams(values).toString()}`;

interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
}

/** The last answer on the wire, taken apart. */
function readAnswer(wire: string): Answer {
  const start = wire.lastIndexOf('HTTP/1.1 ');
  const [head = '', ...rest] = wire.slice(start).split('\r\n\r\n');
  const [line = '', ...fields] = head.split('\r\n');
  const headers = new Headers();
  for (const field of fields) {
    const at = field.indexOf(':');
    headers.append(field.slice(0, at), field.slice(at + 1).trim());
  }
  const text = Buffer.from(rest.join('\r\n\r\n'), 'latin1').toString('utf8');
  return { status: Number(line.split(' ')[1]), headers, text };
}

const sha256Hash = createHash('sha256').update(query).digest('hex');
const persisted = { persistedQuery: { version: 1, sha256Hash } };

const answered: readonly (readonly [string, Buffer])[] = [
  ['a body as usual', postRaw(body)],
  ['a charset in capitals and quotes', typed('Application/JSON; CHARSET="UTF-8"')],
  ['other parameters of the content type', typed('application/json; profile=x;')],
  ['a member twice: the last one counts', postRaw(`{"query":"{ nobody }","query":"${query}"}`)],
  ['members nobody knows', postRaw(JSON.stringify({ query, id: 1, __proto__: 2, doc: [] }))],
  ['a byte order mark before the body', postRaw(`\uFEFF${body}`)],
  ['white space around the body', postRaw(`\r\n\t ${body} \n`)],
  ['escapes for everything', postRaw(`{"query":"\\u007b me \\u007b id } }"}`)],
  [
    'null for what is left out',
    postRaw(JSON.stringify({ query, variables: null, operationName: null, extensions: null })),
  ],
  [
    'chunks of one byte, with extensions and trailers',
    request('POST /graphql HTTP/1.1', [json, 'transfer-encoding: chunked', 'trailer: x-last'], ''),
  ],
  ['an announcement that waits for 100', postRaw(body, 'expect: 100-continue')],
  ['an expectation nobody knows', postRaw(body, 'expect: the-best')],
  [
    'a query in the address beside the one in the body',
    request(`POST ${parameters({ query: '{ nobody }' })} HTTP/1.1`, [json], body),
  ],
  ['an absolute address', request('POST http://shop.example/graphql HTTP/1.1', [json], body)],
  ['an absolute address over GET', getRaw(`http://shop.example${address}`)],
  ['an absolute address with a user and a port', getRaw(`http://a:b@shop.example:80${address}`)],
  ['GET', getRaw(address)],
  [
    'GET with a body that nobody reads',
    request(`GET ${address} HTTP/1.1`, [json], '{"query":"{ nobody }"}'),
  ],
  ['GET with + for spaces', getRaw(address.replaceAll('%20', '+'))],
  [
    'GET with a parameter twice: the first one counts',
    getRaw(`${address}&query=%7B%20nobody%20%7D`),
  ],
  ['GET with empty parameters', getRaw(`${address}&variables=&operationName=&extensions=`)],
  ['GET with variables that are null', getRaw(`${address}&variables=null&extensions=null`)],
  ['GET with extensions nobody knows', getRaw(`${address}&extensions=%7B%22a%22%3A%5B%5D%7D`)],
  [
    'GET with variables',
    getRaw(
      parameters({
        query: 'query($id:ID!){me{id} node(id:$id){__typename}}',
        variables: '{"id":"1"}',
      }),
    ),
  ],
  [
    'an operation name over GET',
    getRaw(parameters({ query: `query A ${query} query B { nodes { id } }`, operationName: 'A' })),
  ],
  [
    'a method in a header that is not the method',
    postRaw(body, 'x-http-method-override: DELETE', 'x-http-method: PUT'),
  ],
  [
    'preferences among what we write',
    postRaw(body, 'accept: text/html;q=0.9, application/json;q=0.1'),
  ],
  ['a preference for anything', postRaw(body, 'accept: text/html, */*;q=0.01')],
  ['an empty preference', postRaw(body, 'accept:')],
  ['a weight that is none', postRaw(body, 'accept: application/json;q=abc')],
  [
    'a parameter of what we write that nobody knows',
    postRaw(body, 'accept: application/graphql-response+json;version=2'),
  ],
  ['an encoding that is none, in capitals', postRaw(body, 'content-encoding: Identity')],
  ['a preference in two headers', postRaw(body, 'accept: text/html', 'accept: application/json')],
  [
    'a preference in quotes and capitals',
    postRaw(body, 'accept: Application/GraphQL-Response+JSON; Charset="UTF-8"; q=0.5'),
  ],
];

const refused: readonly (readonly [string, Buffer, number])[] = [
  ['no content type', request('POST /graphql HTTP/1.1', [], body), 415],
  ['two content types in one', typed('application/json, text/plain'), 415],
  ['two charsets', typed('application/json; charset=utf-8; charset=utf-16'), 415],
  ['a charset that begins like the right one', typed('application/json; charset=utf-8x'), 415],
  ['JSON lines', typed('application/jsonl'), 415],
  ['JSON of another kind', typed('application/vnd.api+json'), 415],
  ['GraphQL itself', typed('application/graphql'), 415],
  ['a type with a line break in it', typed('application/json\r\n ; charset=utf-16'), 400],
  [
    'a form',
    request(
      'POST /graphql HTTP/1.1',
      ['content-type: application/x-www-form-urlencoded'],
      `query=${encodeURIComponent(query)}`,
    ),
    415,
  ],
  ['UTF-16', postRaw(Buffer.from(`\uFEFF${body}`, 'utf16le')), 400],
  ['two bodies', postRaw(`${body}${body}`), 400],
  ['two byte order marks', postRaw(`\uFEFF\uFEFF${body}`), 400],
  ['nothing but byte order marks', postRaw('\uFEFF'.repeat(300_000)), 400],
  ['a comment', postRaw(`/* */ ${body}`), 400],
  ['single quotes', postRaw(`{'query': '{ me }'}`), 400],
  ['no preference we can meet', postRaw(body, 'accept: text/html'), 406],
  [
    'what we write, refused',
    postRaw(body, 'accept: application/json;q=0, application/graphql-response+json;q=0.0'),
    406,
  ],
  [
    'what we write in another charset',
    postRaw(body, 'accept: application/json; charset=utf-16'),
    406,
  ],
  ['no query over GET', getRaw('/graphql'), 400],
  ['an empty query over GET', getRaw('/graphql?query='), 400],
  ['an empty query', postRaw('{"query":""}'), 400],
  ['variables that are no JSON over GET', getRaw(`${address}&variables=%7B`), 400],
  ['variables that are a list over GET', getRaw(`${address}&variables=%5B%5D`), 400],
  ['extensions that are a number over GET', getRaw(`${address}&extensions=1`), 400],
  [
    'a mutation behind a comment over GET',
    getRaw(parameters({ query: '# query\nmutation { rename(id: 1, name: "x") { id } }' })),
    405,
  ],
  ['a subscription over GET', getRaw(parameters({ query: 'subscription { x }' })), 405],
  [
    'a hash that is not known',
    getRaw(
      parameters({
        extensions: JSON.stringify({ persistedQuery: { version: 1, sha256Hash: 'f'.repeat(64) } }),
      }),
    ),
    200,
  ],
  [
    'a hash of another text over GET',
    getRaw(parameters({ query: '{ nodes { id } }', extensions: JSON.stringify(persisted) })),
    400,
  ],
  ['a batch with hashes', postRaw(JSON.stringify([{ extensions: persisted }, { query }])), 400],
  ['HEAD', request(`HEAD ${address} HTTP/1.1`, [preflight]), 405],
  ['QUERY', request('QUERY /graphql HTTP/1.1', [json], body), 405],
  ['another path', request('POST /graphql/x HTTP/1.1', [json], body), 404],
  [
    'an absolute address with another path',
    request('POST http://shop.example/x HTTP/1.1', [json], body),
    404,
  ],
  [
    'an absolute address without a path, of a type that is none',
    request('POST https://other.example HTTP/1.1', ['content-type: text/plain'], body),
    415,
  ],
  [
    'GET without a header that pages cannot send',
    request(`GET ${address} HTTP/1.1`, ['origin: null']),
    400,
  ],
  ['GET with an empty one', request(`GET ${address} HTTP/1.1`, ['apollo-require-preflight:']), 400],
];

describe.each(['trellis', 'apollo'] as const)(
  'HTTP on a bare socket, with server: %s',
  (server) => {
    let graph: HostileGraph;
    let port: number;
    beforeAll(async () => {
      graph = await startHostileGraph({
        settings: { server, http: { cors: { origins: ['https://shop.example'] } } },
      });
      port = Number(new URL(graph.url).port);
    });
    afterAll(() => graph.stop());

    const ask = async (wire: Buffer): Promise<Answer> =>
      readAnswer((await sendRaw(port, wire)).text);

    test.each(answered)('%s is answered', async (what, wire) => {
      const chunks = Array.from(body)
        .map((each, at) => `1${at % 2 ? ';a=b' : ''}\r\n${each}\r\n`)
        .join('');
      const sent = what.startsWith('chunks')
        ? Buffer.concat([
            wire,
            Buffer.from(`${chunks}0\r\nx-last: 1\r\ncontent-type: text/plain\r\n\r\n`),
          ])
        : wire;
      const { status, text } = await ask(sent);
      expect([status, text]).toEqual([200, expect.stringMatching(/^\{"data":\{"me":\{"id":"1"/)]);
    });

    test.each(refused)('%s is refused in JSON', async (what, wire, status) => {
      const before = graph.forwarded.length;
      const answer = await ask(wire);
      expect([answer.status, answer.text.slice(0, 300)]).toEqual([status, expect.anything()]);
      if (what !== 'HEAD') {
        const verdict = readVerdict({ ...answer, elapsedMs: 0 });
        expect(verdict).not.toBe('data');
      }
      expect(graph.forwarded).toHaveLength(before);
    });

    test.each(['graphql-transport-ws', 'graphql-ws', 'graphql-ws, graphql-transport-ws'])(
      'C33 nobody is let onto a WebSocket, by the protocol %s or before it',
      async (protocol) => {
        const before = graph.forwarded.length;
        const handshake = [
          'upgrade: websocket',
          'connection: upgrade',
          'sec-websocket-version: 13',
          `sec-websocket-key: ${Buffer.alloc(16, 'x').toString('base64')}`,
          `sec-websocket-protocol: ${protocol}`,
        ];
        for (const path of ['/graphql', '/', '/subscriptions', '/graphql/ws']) {
          const start = JSON.stringify({ id: '1', type: 'start', payload: { query } });
          // A start without an init, as text, and as a frame that is not masked and says to be 4 GB long.
          const frames = Buffer.concat([
            Buffer.from(start),
            Buffer.from([0x81, 127, 0, 0, 0, 1, 0, 0, 0, 0]),
          ]);
          const head = request(`GET ${path} HTTP/1.1`, handshake);
          const { text, statuses } = await sendRaw(port, Buffer.concat([head, frames]));
          expect(statuses).not.toContain(101);
          expect(statuses.length).toBeGreaterThan(0);
          expect(statuses.every((status) => status >= 400)).toBe(true);
          expect(text).not.toMatch(/sec-websocket/i);
        }
        expect(graph.forwarded).toHaveLength(before);
      },
    );

    test('C33 a subscription is a 400 that says so, and keeps nothing open', async () => {
      for (const accept of ['text/event-stream', 'multipart/mixed', 'application/json']) {
        const answer = await ask(
          postRaw('{"query":"subscription { x }"}', `accept: ${accept}, application/json`),
        );
        const verdict = readVerdict({ ...answer, elapsedMs: 0 });
        expect([answer.status, verdict]).toEqual([400, expect.stringMatching(/^[A-Z_]+$/)]);
      }
    });

    test('CORS is closed but for the origins of the settings, and a preflight says no more', async () => {
      const preflightOf = async (origin: string): Promise<Answer> =>
        ask(
          request('OPTIONS /graphql HTTP/1.1', [
            `origin: ${origin}`,
            'access-control-request-method: POST',
            'access-control-request-headers: content-type, x-evil',
          ]),
        );
      const allowed = await preflightOf('https://shop.example');
      expect(allowed.status).toBe(204);
      expect(allowed.headers.get('access-control-allow-origin')).toBe('https://shop.example');
      expect(allowed.headers.get('access-control-allow-methods')).toBe('GET, POST');
      expect(allowed.headers.get('access-control-allow-credentials')).toBeNull();
      expect(allowed.headers.get('vary')).toMatch(/origin/i);
      for (const origin of [
        'null',
        'https://shop.example.evil.example',
        'https://evilshop.example',
        'http://shop.example',
        'https://shop.example:444',
        'https://SHOP.example/',
        '*',
      ]) {
        for (const answer of [
          await preflightOf(origin),
          await ask(postRaw(body, `origin: ${origin}`)),
        ]) {
          expect(answer.headers.get('access-control-allow-origin')).toBeNull();
          expect(answer.headers.get('access-control-allow-headers')).toBeNull();
          expect(answer.headers.get('vary')).toMatch(/origin/i);
        }
      }
    });
  },
);
