import { bodyOf } from '../body-of.ts';
import { hostileDocuments } from '../documents.ts';
import { DocumentWriter } from './random-document.ts';
import type { Random } from './random.ts';

/** A request as it is written to the gateway. */
export interface FuzzRequest {
  readonly method: string;
  /** Path and query string. */
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

const oddValues: readonly unknown[] = [
  null,
  true,
  0,
  -1,
  2 ** 31,
  2 ** 53,
  1e308,
  '',
  'x',
  '\u0000',
  '\uD800',
  'x'.repeat(5_000),
  [],
  [[]],
  {},
  { __proto__: null, a: 1 },
  { ids: ['x', 1.5, null], kind: 7, inner: { inner: {} } },
];

const accepts = [
  '*/*',
  'application/json',
  'application/graphql-response+json',
  'text/html',
  'x',
  '',
];
const contentTypes = [
  'application/json',
  'application/json; charset=utf-8',
  'application/json;charset=utf-16',
  'text/plain',
  'multipart/form-data; boundary=x',
  'x',
];

/** Makes requests from random documents and from those of the check lists, and then spoils some. */
export class RequestMaker {
  readonly #random: Random;
  readonly #writer: DocumentWriter;

  constructor(random: Random) {
    this.#random = random;
    this.#writer = new DocumentWriter(random);
  }

  make(): FuzzRequest {
    const random = this.#random;
    const body = random.chance(0.15) ? this.#spoil(this.#body()) : this.#body();
    const headers = this.#headers();
    if (random.chance(0.2)) {
      headers['apollo-require-preflight'] = '1';
      const search = new URLSearchParams();
      for (const name of ['query', 'variables', 'operationName', 'extensions', 'documentId']) {
        if (name === 'query' || random.chance(0.1)) {
          search.set(name, name === 'query' ? this.#document() : this.#spoil('{"n":1}'));
        }
      }
      return { method: 'GET', path: `/graphql?${search.toString()}`, headers, body: '' };
    }
    const method = random.chance(0.97) ? 'POST' : random.pick(['PUT', 'DELETE', 'OPTIONS', 'HEAD']);
    return { method, path: '/graphql', headers, body: method === 'HEAD' ? '' : body };
  }

  #document(): string {
    const random = this.#random;
    const text = random.chance(0.8)
      ? this.#writer.write()
      : random.pick(hostileDocuments).query.slice(0, 200_000);
    return random.chance(0.1) ? this.#spoil(text) : text;
  }

  #body(): string {
    const random = this.#random;
    if (random.chance(0.1)) return bodyOf(random.pick(hostileDocuments));
    const query: unknown = random.chance(0.95) ? this.#document() : random.pick(oddValues);
    const request: Record<string, unknown> = { query };
    if (random.chance(0.3)) request['variables'] = this.#variables();
    if (random.chance(0.05))
      request['operationName'] = random.pick(['Q0', 'Q1', 'x', ...oddValues]);
    if (random.chance(0.1)) request['extensions'] = this.#extensions();
    if (random.chance(0.05)) request['documentId'] = random.pick(oddValues);
    return JSON.stringify(random.chance(0.05) ? [request, request] : request);
  }

  #variables(): unknown {
    const random = this.#random;
    if (random.chance(0.1)) return random.pick(oddValues);
    const names = ['id', 'n', 'f', 'b', '__proto__', 'constructor'];
    const wanted = names.filter(() => random.chance(0.6));
    return Object.fromEntries(wanted.map((name) => [name, random.pick(oddValues)]));
  }

  #extensions(): unknown {
    const random = this.#random;
    const hash = random.pick(['0'.repeat(64), 'x', ...oddValues]);
    return random.pick([
      { persistedQuery: { version: 1, sha256Hash: hash } },
      { persistedQuery: hash },
      { trellis: { partial: false } },
      { trellis: hash },
      ...oddValues,
    ]);
  }

  #headers(): Record<string, string> {
    const random = this.#random;
    const headers: Record<string, string> = {
      'content-type': random.chance(0.95) ? 'application/json' : random.pick(contentTypes),
    };
    if (random.chance(0.1)) headers['accept'] = random.pick(accepts);
    if (random.chance(0.1)) headers['authorization'] = `Bearer ${random.pick(['x', 'a.b.c', ''])}`;
    if (random.chance(0.1)) headers['x-request-id'] = random.pick(['a', 'x'.repeat(300), '%00']);
    if (random.chance(0.1)) headers['traceparent'] = random.pick(['00-x', `00-${'0'.repeat(32)}`]);
    if (random.chance(0.05)) headers['origin'] = random.pick(['null', 'https://evil.example']);
    if (random.chance(0.05)) headers['content-encoding'] = random.pick(['gzip', 'identity', 'x']);
    if (random.chance(0.05)) headers['apollographql-client-name'] = 'x'.repeat(random.below(500));
    return headers;
  }

  /** Cuts, doubles, swaps or replaces a piece of a text. */
  #spoil(text: string): string {
    const random = this.#random;
    const from = random.below(text.length + 1);
    const to = Math.min(text.length, from + random.below(20));
    const pieces = [
      '{',
      '}',
      '[',
      ']',
      '"',
      '\\',
      '"""',
      '...',
      '@',
      '$',
      '#',
      '\u0000',
      '\uD83D',
      ' ',
    ];
    switch (random.below(4)) {
      case 0:
        return text.slice(0, from) + text.slice(to);
      case 1:
        return text.slice(0, to) + text.slice(from, to).repeat(random.below(50)) + text.slice(to);
      case 2:
        return text.slice(0, from) + random.pick(pieces) + text.slice(to);
      default:
        return (
          text.slice(0, from) + random.pick(pieces).repeat(random.below(400)) + text.slice(from)
        );
    }
  }
}
