import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { runTrellis, type TrellisRun } from './run-trellis.ts';

const good = '"""The shop."""\ntype Query { hello: String }\n';

describe('bad input', () => {
  let folder: string;
  const servers: Server[] = [];

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'trellis-bad-input-'));
    writeFileSync(join(folder, 'out.graphql'), 'the last good one\n');
  });

  afterEach(async () => {
    for (const server of servers.splice(0)) {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    }
    rmSync(folder, { recursive: true });
  });

  const write = (name: string, content: string | Buffer): void =>
    writeFileSync(join(folder, name), content);
  const fromFile = (content: string | Buffer): void => {
    write('shop.graphql', content);
    write(
      'supergraph.yaml',
      'subgraphs: { shop: { routing_url: "http://shop", schema: { file: ./shop.graphql } } }\n',
    );
  };
  const serve = async (listener: RequestListener): Promise<string> => {
    const server = createServer(listener);
    servers.push(server);
    await new Promise<void>((resolve) => {
      server.listen(0, '127.0.0.1', resolve);
    });
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/graphql`;
    write('supergraph.yaml', `subgraphs: { shop: { schema: { subgraph_url: "${url}" } } }\n`);
    return url;
  };
  const compose = (): Promise<TrellisRun> =>
    runTrellis(['supergraph', 'compose', '--output', 'out.graphql'], folder);

  /** One line, the right exit code, and the old file untouched without leftovers beside it. */
  const expectLine = async (exitCode: number, line: string | RegExp): Promise<void> => {
    const run = await compose();
    expect(run.out).toBe('');
    expect(run.err).toMatch(/^trellis: [^\n]+\n$/);
    if (typeof line === 'string') expect(run.err).toBe(`trellis: ${line}\n`);
    else expect(run.err).toMatch(line);
    expect(run.exitCode).toBe(exitCode);
    expect(readFileSync(join(folder, 'out.graphql'), 'utf8')).toBe('the last good one\n');
    expect(readdirSync(folder).filter((name) => name.endsWith('.tmp'))).toEqual([]);
  };

  test('a missing supergraph.yaml', () => expectLine(3, 'supergraph.yaml: no such file'));

  test('a supergraph.yaml that is a folder', async () => {
    const run = await runTrellis(['supergraph', 'compose', '--config', '.'], folder);
    expect(run).toMatchObject({
      exitCode: 3,
      err: expect.stringMatching(/is a folder, not a file\n$/),
    });
  });

  test('an empty supergraph.yaml', async () => {
    write('supergraph.yaml', '\n');
    await expectLine(3, 'supergraph.yaml: is empty');
  });

  test('a YAML error names line and column', async () => {
    write('supergraph.yaml', 'subgraphs:\n  shop: { routing_url: "http://shop\n');
    await expectLine(3, /^trellis: supergraph\.yaml: .* at line \d+, column \d+\n$/);
  });

  test('a YAML bomb of aliases', async () => {
    const levels = Array.from({ length: 9 }, (_level, index) =>
      index === 0
        ? 'a0: &a0 [x,x,x,x,x,x,x,x,x,x]'
        : `a${index}: &a${index} [${Array(10)
            .fill(`*a${index - 1}`)
            .join(',')}]`,
    );
    write('supergraph.yaml', `${levels.join('\n')}\nsubgraphs: {}\n`);
    await expectLine(3, /alias/);
  });

  test('a subgraph without a schema', async () => {
    write('supergraph.yaml', 'subgraphs: { shop: { routing_url: "http://shop", schema: {} } }\n');
    await expectLine(
      3,
      'supergraph.yaml: subgraphs.shop.schema: expected exactly one of file, subgraph_url, sdl; received none of them',
    );
  });

  test('a subgraph with two schemas', async () => {
    write(
      'supergraph.yaml',
      'subgraphs: { shop: { routing_url: "http://shop", schema: { file: a, sdl: b } } }\n',
    );
    await expectLine(3, /received file and sdl/);
  });

  test('a schema from a file without routing_url', async () => {
    write('shop.graphql', good);
    write('supergraph.yaml', 'subgraphs: { shop: { schema: { file: ./shop.graphql } } }\n');
    await expectLine(3, /subgraphs\.shop\.routing_url: is missing/);
  });

  test('Federation 1', async () => {
    write(
      'supergraph.yaml',
      'federation_version: 1\nsubgraphs: { shop: { routing_url: a, schema: { sdl: b } } }\n',
    );
    await expectLine(3, /federation_version: 1 is Federation 1/);
  });

  test('an environment variable that is not set', async () => {
    write(
      'supergraph.yaml',
      'subgraphs: { shop: { routing_url: "${env.SHOP_URL}", schema: { sdl: "type Query { a: Int }" } } }\n',
    );
    await expectLine(
      3,
      'supergraph.yaml: subgraphs.shop.routing_url: environment variable SHOP_URL is not set; set it or write ${env.SHOP_URL:-default}',
    );
  });

  test('a missing schema file', async () => {
    write(
      'supergraph.yaml',
      'subgraphs: { shop: { routing_url: "http://shop", schema: { file: ./shop.graphql } } }\n',
    );
    await expectLine(3, 'shop.graphql: no such file');
  });

  test('an empty schema', async () => {
    fromFile('  \n');
    await expectLine(3, 'shop.graphql: is empty; a schema is expected');
  });

  test('a schema that is only comments', async () => {
    fromFile('# nothing yet\n');
    const run = await compose();
    expect(run).toMatchObject({ exitCode: 1, err: expect.stringContaining('shop.graphql:2:1') });
  });

  test('a binary schema', async () => {
    fromFile(Buffer.from([0x89, 0x50, 0x4e, 0x47, 0xff, 0xfe, 0x00]));
    await expectLine(3, /^trellis: shop\.graphql: is not UTF-8 text; is it a binary file\?\n$/);
  });

  test('a schema of 10 MB', async () => {
    fromFile(good + '#'.repeat(10 * 1024 * 1024));
    await expectLine(3, 'shop.graphql: is 10.0 MiB; a schema may have at most 5 MiB');
  });

  test('imports by comments, which neither Rover nor trellis follows', async () => {
    fromFile(`${good}\n# import Product from "./product.graphql"\n`);
    await expectLine(
      3,
      'shop.graphql:4: "# import ./product.graphql" is not followed, it is a comment to GraphQL and to Rover; name a file that holds the whole schema of the subgraph',
    );
  });

  test('imports that form a cycle', async () => {
    fromFile(`# import * from "product.graphql"\n${good}`);
    write('product.graphql', "#import 'user.graphql'\ntype Product { id: ID }\n");
    write('user.graphql', '# import "./product.graphql"\ntype User { id: ID }\n');
    await expectLine(
      3,
      'shop.graphql:1: "# import product.graphql" is not followed, and these imports form a cycle: product.graphql → user.graphql → product.graphql; name a file that holds the whole schema of the subgraph',
    );
  });

  test('a comment that only begins like an import', async () => {
    fromFile(`# important: import nothing from "here"\n${good}`);
    expect(await compose()).toMatchObject({ exitCode: 0 });
  });

  test('an address nobody listens at', async () => {
    write(
      'supergraph.yaml',
      'subgraphs: { shop: { schema: { subgraph_url: "http://127.0.0.1:1/graphql" } } }\n',
    );
    await expectLine(4, /^trellis: http:\/\/127\.0\.0\.1:1\/graphql cannot be reached: /);
  });

  test('an address that is none', async () => {
    write('supergraph.yaml', 'subgraphs: { shop: { schema: { subgraph_url: "shop" } } }\n');
    await expectLine(3, /subgraphs\.shop\.schema\.subgraph_url: /);
  });

  test('an address that answers HTML', async () => {
    const url = await serve((_request, response) => {
      response
        .writeHead(404, { 'content-type': 'text/html' })
        .end('<!doctype html><p>Not here</p>');
    });
    await expectLine(
      4,
      `${url} answered 404 with HTML, not GraphQL; is this the address of the GraphQL endpoint?`,
    );
  });

  test('an address that answers something else', async () => {
    const url = await serve((_request, response) => void response.end('hello'));
    await expectLine(4, `${url} answered 200 with no content type, which is not JSON: hello`);
  });

  test('an address that answers with GraphQL errors', async () => {
    const url = await serve((_request, response) => {
      response.end(JSON.stringify({ errors: [{ message: 'federated introspection disabled' }] }));
    });
    await expectLine(
      4,
      `${url} answered with an error: federated introspection disabled; allow it there, or name the schema as a file`,
    );
  });

  test('an address that answers with another error', async () => {
    const url = await serve((_request, response) => {
      response.end(JSON.stringify({ errors: [{ message: 'go away' }] }));
    });
    await expectLine(4, `${url} answered with an error: go away`);
  });

  test('an address that is GraphQL but no subgraph', async () => {
    const url = await serve(
      (_request, response) => void response.end('{"data":{"_service":null}}'),
    );
    await expectLine(
      4,
      `${url} answered 200 without data._service.sdl; is it a federation subgraph?`,
    );
  });

  test('an address that answers without end', async () => {
    await serve((_request, response) => {
      const send = (): void => {
        while (!response.destroyed && response.write('x'.repeat(65_536)));
      };
      response.on('drain', send);
      send();
    });
    await expectLine(4, /a schema may have at most 5 MiB\n$/);
  });

  test('an address that hangs up', async () => {
    await serve((request) => void request.socket.destroy());
    await expectLine(4, /cannot be reached: /);
  });

  test('an unwritable output', async () => {
    fromFile(good);
    const run = await runTrellis(
      ['supergraph', 'compose', '--output', 'shop.graphql/out.graphql'],
      folder,
    );
    expect(run.exitCode).toBe(3);
    expect(run.err).toContain('cannot be written');
  });

  describe('for the other commands', () => {
    const expectOneLine = async (args: string[], exitCode: number, line: RegExp): Promise<void> => {
      const run = await runTrellis(args, folder);
      expect({ args, out: run.out, exitCode: run.exitCode }).toEqual({ args, out: '', exitCode });
      expect(run.err).toMatch(/^trellis: [^\n]+\n$/);
      expect(run.err).toMatch(line);
      expect(readdirSync(folder).filter((name) => name.endsWith('.tmp'))).toEqual([]);
    };
    const supergraphCommands = [
      ['supergraph', 'check', '--against'],
      ['supergraph', 'diff', 'composed.graphql'],
      ['operation', 'plan', 'page.graphql', '--supergraph'],
      ['operation', 'faults', 'page.graphql', '--supergraph'],
      ['operation', 'usage', '--supergraph'],
      ['contract', 'build', '--supergraph'],
    ];

    beforeEach(() => {
      fromFile(good);
      write('page.graphql', '{ hello }\n');
      write('trellis.yaml', 'contracts: { public: { exclude: [internal] } }\n');
    });

    test.each(supergraphCommands)('%s %s: a supergraph that is none', async (...args) => {
      write('binary.graphql', Buffer.from([0x89, 0x50, 0x4e, 0x47, 0xff, 0xfe, 0x00]));
      write('large.graphql', Buffer.alloc(33 * 1024 * 1024, 0x23));
      write('plain.graphql', good);
      const html = await serve((_request, response) => void response.end('<!doctype html>'));
      const endless = await serve((_request, response) => {
        const send = (): void => {
          while (!response.destroyed && response.write('x'.repeat(65_536)));
        };
        response.on('drain', send);
        send();
      });
      fromFile(good);
      const composed = ['supergraph', 'compose', '--output', 'composed.graphql'];
      expect(await runTrellis(composed, folder)).toMatchObject({ exitCode: 0 });
      await expectOneLine([...args, 'none.graphql'], 3, /none\.graphql: no such file\n$/);
      await expectOneLine([...args, 'binary.graphql'], 3, /is it a binary file\?\n$/);
      await expectOneLine([...args, 'large.graphql'], 3, /a supergraph may have at most 32 MiB\n$/);
      await expectOneLine([...args, 'plain.graphql'], 3, /plain\.graphql/);
      await expectOneLine([...args, html], 4, /answered 200 with HTML\n$/);
      await expectOneLine([...args, endless], 4, /a supergraph may have at most 32 MiB\n$/);
      await expectOneLine(
        [...args, 'http://127.0.0.1:1/'],
        4,
        /^trellis: http:\/\/127\.0\.0\.1:1\/: /,
      );
      await expectOneLine([...args, 'git:HEAD'], 3, /^trellis: git:HEAD: /);
    });

    test('known operations that are none', async () => {
      expect(
        (await runTrellis(['supergraph', 'compose', '--output', 's.graphql'], folder)).exitCode,
      ).toBe(0);
      write('broken.graphql', 'query {\n  hello(\n');
      write('binary.graphql', Buffer.from([0xff, 0xfe, 0x00]));
      write('manifest.json', '[1');
      write('usage.jsonl', 'hello\n');
      const check = ['supergraph', 'check', '--against', 's.graphql', '--operations'];
      await expectOneLine([...check, 'none'], 3, /none: no such file or folder\n$/);
      await expectOneLine([...check, 'broken.graphql'], 3, /broken\.graphql:3:1: /);
      await expectOneLine([...check, 'binary.graphql'], 3, /binary file/);
      await expectOneLine([...check, 'manifest.json'], 3, /manifest\.json: is not JSON: /);
      await expectOneLine([...check, 'usage.jsonl'], 3, /usage\.jsonl: is no usage log; /);
    });

    test('an address to introspect that answers HTML, or nothing', async () => {
      const url = await serve((_request, response) => void response.end('<html>'));
      const introspect = ['subgraph', 'introspect'];
      await expectOneLine([...introspect, url], 4, /answered 200 with HTML, not GraphQL/);
      await expectOneLine([...introspect, 'http://127.0.0.1:1/'], 4, /cannot be reached: /);
      await expectOneLine([...introspect, 'orders'], 2, /orders/);
    });

    test('files to lint that are none', async () => {
      write('binary.graphql', Buffer.from([0xff, 0xfe, 0x00]));
      await expectOneLine(
        ['subgraph', 'lint', 'none.graphql'],
        3,
        /none\.graphql: no such file\n$/,
      );
      await expectOneLine(['subgraph', 'lint', 'binary.graphql'], 3, /binary file/);
    });
  });

  test('an unknown command, option, and value', async () => {
    for (const args of [
      ['supergraph', 'composse'],
      ['supergraph', 'compose', '--outptu', 'x'],
      ['supergraph', 'compose', '--format', 'xml'],
    ]) {
      const run = await runTrellis(args, folder);
      expect(run.exitCode).toBe(2);
      expect(run.err).toMatch(/^error: /);
    }
  });

  test('headers, variables and files reach the subgraph', async () => {
    let authorization: string | undefined;
    const url = await serve((request, response) => {
      authorization = request.headers.authorization;
      response.end(JSON.stringify({ data: { _service: { sdl: 'type Query { a: Int }' } } }));
    });
    write('token', 's3cret\n');
    write(
      'supergraph.yaml',
      `subgraphs:\n  shop:\n    routing_url: \${env.SHOP_URL:-http://shop.example}\n    schema:\n      subgraph_url: ${url}\n      introspection_headers: { Authorization: "Bearer \${file.token}" }\n`,
    );
    const run = await compose();
    expect(run.exitCode).toBe(0);
    expect(authorization).toBe('Bearer s3cret');
    expect(readFileSync(join(folder, 'out.graphql'), 'utf8')).toContain(
      'url: "http://shop.example"',
    );
  });
});
