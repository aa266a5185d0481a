import { gzipSync } from 'node:zlib';
import type { Exchange, Mode } from './faulty-subgraph.ts';

/** What no client may ever see: stands for hosts, queries, stacks and keys in what a subgraph says. */
export const secret = 'SELECT card FROM vault at db-7.internal:5432';

type Loose = Record<string, unknown>;

/** Rewrites every object of an answer's data. */
function rewrite(value: unknown, change: (object: Loose) => Loose): unknown {
  if (Array.isArray(value)) return value.map((item) => rewrite(item, change));
  if (typeof value !== 'object' || value === null) return value;
  const inner = Object.fromEntries(
    Object.entries(value).map(([key, item]) => [key, rewrite(item, change)]),
  );
  return change(inner);
}

function withData(change: (object: Loose) => Loose): Mode {
  return ({ right, reply }) => reply(JSON.stringify({ data: rewrite(right.data, change) }));
}

/** Changes the list of entities, which is what the entity fetches of this suite ask for. */
function withEntities(change: (entities: readonly Loose[]) => unknown): Mode {
  return ({ right, reply }) => {
    const data = Object.fromEntries(
      Object.entries(right.data ?? {}).map(([key, value]) => [
        key,
        Array.isArray(value) ? change(value as Loose[]) : value,
      ]),
    );
    reply(JSON.stringify({ data }));
  };
}

function withBody(make: (exchange: Exchange) => string | Buffer): Mode {
  return (exchange) => exchange.reply(make(exchange));
}

function withErrors(errors: unknown): Mode {
  return withBody(({ right }) => JSON.stringify({ ...right, errors }));
}

const megabyte = Buffer.alloc(1024 * 1024, 0x20);
let bomb: Buffer | undefined;

/** 100 MB of spaces in some 100 KB. */
function makeBomb(): Buffer {
  bomb ??= gzipSync(Buffer.alloc(100 * 1024 * 1024, 0x20));
  return bomb;
}

/** A body of so many megabytes that is no JSON. */
function stream(megabytes: number): Mode {
  return ({ response }) => {
    response.writeHead(200, { 'content-type': 'application/json' });
    let left = megabytes;
    const push = (): void => {
      while (left > 0 && !response.destroyed) {
        left -= 1;
        if (!response.write(megabyte)) {
          response.once('drain', push);
          return;
        }
      }
      response.end();
    };
    push();
  };
}

/** Faults of the body (rows B of the matrix). */
export const bodyModes: Readonly<Record<string, Mode>> = {
  'malformed-json': withBody(({ right }) => JSON.stringify(right).slice(0, -5)),
  'malformed-huge': stream(100),
  'html-200': ({ reply }) =>
    reply(`<html><h1>${secret}</h1></html>`, { 'content-type': 'text/html' }),
  'wrong-content-type': ({ right, reply }) =>
    reply(JSON.stringify(right), { 'content-type': 'text/plain' }),
  'no-content-type': ({ right, reply }) => reply(JSON.stringify(right), {}),
  'empty-body': withBody(() => ''),
  'null-body': withBody(() => 'null'),
  'array-body': withBody(() => '[]'),
  'string-body': withBody(() => '"x"'),
  'body-empty-object': withBody(() => '{}'),
  'data-string': withBody(() => '{"data":"oops"}'),
  'data-null': withBody(() => '{"data":null}'),
  'invalid-utf8': withBody(({ right }) => {
    const body = Buffer.from(JSON.stringify(right).replace(/shelf/g, 'sh\u0001lf'));
    for (let at = body.indexOf(1); at !== -1; at = body.indexOf(1)) body[at] = 0xff;
    return body;
  }),
  'dup-keys': withBody(({ right }) =>
    JSON.stringify(right).replace(/"inStock":/g, '"inStock":null,"inStock":'),
  ),
  'proto-keys': withBody(({ right }) =>
    JSON.stringify(right)
      .replace(
        /\{/g,
        '{"__proto__":{"polluted":"POLLUTED"},"\\u005f_proto__":{"polluted":"POLLUTED"},"constructor":{"prototype":{"polluted":"POLLUTED"}},',
      )
      .replace(/,\}/g, '}'),
  ),
  huge: stream(50),
  'huge-announced': ({ response }) => {
    response.writeHead(200, { 'content-length': String(50 * 1024 * 1024) });
    response.write(megabyte);
  },
  'gzip-bomb': ({ reply }) =>
    reply(makeBomb(), { 'content-type': 'application/json', 'content-encoding': 'gzip' }),
  gzip: ({ right, reply }) =>
    reply(gzipSync(JSON.stringify(right)), {
      'content-type': 'application/json',
      'content-encoding': 'gzip',
    }),
  'deep-json': withBody(
    ({ right }) =>
      `${JSON.stringify(right).slice(0, -1)},"extensions":{"a":${'['.repeat(20_000)}${']'.repeat(20_000)}}}`,
  ),
  'deep-field': withBody(({ right }) =>
    JSON.stringify(right).replace(
      /"label":"[^"]*"/g,
      `"label":${'['.repeat(20_000)}${']'.repeat(20_000)}`,
    ),
  ),
  'deep-custom': withBody(({ right }) =>
    JSON.stringify(right).replace(
      /"details":"[^"]*"/g,
      `"details":${'{"a":['.repeat(10_000)}${']}'.repeat(10_000)}`,
    ),
  ),
  'errors-deep-extensions': withBody(({ right }) => {
    const deep = `${'['.repeat(20_000)}${']'.repeat(20_000)}`;
    const errors = `[{"message":"Not here.","extensions":{"code":"NOT_FOUND","deep":${deep}}}]`;
    return `${JSON.stringify({ ...right, data: null }).slice(0, -1)},"errors":${errors}}`;
  }),
  'errors-string': withErrors('boom'),
  'errors-object': withErrors({ message: 'boom' }),
  'errors-null-items': withErrors([null, 3]),
  'errors-bad-paths': withErrors([
    { message: 'one', path: [{ a: 1 }, null, -1], locations: [{ line: -1, column: 0 }] },
    { message: 'two', path: 'x', locations: 'y' },
  ]),
  'error-leaks': withErrors([
    {
      message: secret,
      extensions: { code: 'INTERNAL_SERVER_ERROR', stacktrace: [secret], exception: { secret } },
    },
  ]),
  'entities-short': withEntities((entities) => entities.slice(1)),
  'entities-long': withEntities((entities) => [...entities, ...entities]),
  'entities-null': withEntities((entities) => entities.map((one, at) => (at === 0 ? null : one))),
  'entities-not-array': withEntities(() => ({ inStock: true })),
  'entities-scalars': withEntities((entities) => entities.map(() => 7)),
  'entities-wrong-typename': withEntities((entities) =>
    entities.map((one) => ({ ...one, __typename: 'Warehouse' })),
  ),
  'partial-with-errors': ({ right, reply }) => {
    const [[name, value] = ['', []]] = Object.entries(right.data ?? {});
    const entities = Array.isArray(value) ? (value as Loose[]) : [];
    const errors = [
      { message: 'No such product.', path: [name, 1], extensions: { code: 'NOT_FOUND' } },
    ];
    const data = { [name]: entities.map((one, at) => (at === 1 ? null : one)) };
    reply(JSON.stringify({ data, errors }));
  },
  'wrong-scalar': withData((object) =>
    'inStock' in object ? { ...object, inStock: 'yes', quantity: 'many' } : object,
  ),
  'wrong-list': withData((object) => ('label' in object ? { ...object, label: ['a'] } : object)),
  'int-overflow': withData((object) =>
    'quantity' in object ? { ...object, quantity: 3_000_000_000 } : object,
  ),
  'null-for-non-null': withData((object) => ('sku' in object ? { ...object, sku: null } : object)),
  'typename-lie': withData((object) =>
    'volume' in object ? { ...object, __typename: 'Bomb' } : object,
  ),
  'extra-fields': withData((object) => ({ ...object, leaked: secret })),
  'set-cookie': ({ right, reply }) =>
    reply(JSON.stringify(right), {
      'content-type': 'application/json',
      'set-cookie': 'session=stolen',
      'x-internal-host': '10.0.0.7',
    }),
};
