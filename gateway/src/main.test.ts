import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { spawn, type ChildProcess } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { startUsersAndReviews } from './testing/test-subgraphs.ts';

/** The process as it is shipped: built by `npm run build`. */
const main = fileURLToPath(new URL('../dist/main.js', import.meta.url));

describe('the gateway process', () => {
  let folder: string;
  let supergraph: string;
  let subgraphs: Awaited<ReturnType<typeof startUsersAndReviews>>;

  beforeAll(async () => {
    if (!existsSync(main)) throw new Error(`${main} is missing: run npm run build first`);
    subgraphs = await startUsersAndReviews();
    folder = mkdtempSync(join(tmpdir(), 'trellis gateway process '));
    supergraph = join(folder, 'supergraph.graphql');
    writeFileSync(supergraph, subgraphs.sdl);
  });
  afterAll(async () => {
    await subgraphs.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  function run(flags: readonly string[], env: Record<string, string> = {}): ChildProcess {
    return spawn(process.execPath, [main, ...flags], {
      cwd: folder,
      env: { PATH: process.env['PATH'], ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
  }

  async function finish(child: ChildProcess): Promise<{ code: number | null; text: string }> {
    let text = '';
    child.stdout?.on('data', (chunk) => (text += String(chunk)));
    child.stderr?.on('data', (chunk) => (text += String(chunk)));
    const code = await new Promise<number | null>((resolve) => child.on('close', resolve));
    return { code, text };
  }

  async function readUrl(child: ChildProcess): Promise<string> {
    let text = '';
    for await (const chunk of child.stdout ?? []) {
      text += String(chunk);
      const url = /"url":"([^"]+)"/.exec(text)?.[1];
      if (url) return url;
    }
    throw new Error(`it ended: ${text}`);
  }

  test('loads no library that its settings do not use', async () => {
    const hook = join(folder, 'list-loaded.cjs');
    const list = join(folder, 'loaded.json');
    const write = `require('node:fs').writeFileSync(${JSON.stringify(list)}, JSON.stringify(Object.keys(require.cache)))`;
    writeFileSync(hook, `process.on('exit', () => ${write});`);
    const child = run(['--supergraph', 'supergraph.graphql', '--port', '0'], {
      NODE_OPTIONS: `--require "${hook}"`,
    });
    const finished = finish(child);
    await readUrl(child);
    child.kill('SIGTERM');
    await finished;
    const loaded = readFileSync(list, 'utf8');
    expect(loaded).toContain('/@apollo/query-planner/');
    const unused = /\/(undici|graphql-shield|rate-limiter-flexible|prom-client|@opentelemetry)\//;
    expect(loaded).not.toMatch(unused);
  });

  test.each([
    ['flags', ['--supergraph', 'supergraph.graphql', '--port', '0'], {}],
    ['the environment', [], { SUPERGRAPH: 'supergraph.graphql', PORT: '0' }],
  ])(
    'serves a supergraph named by %s and ends with status 0 on SIGTERM',
    async (_by, flags, env) => {
      const child = run(flags, env);
      const url = await readUrl(child);
      const response = await fetch(url, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: '{"query":"{ me { name } }"}',
      });
      expect(await response.json()).toEqual({ data: { me: { name: 'Ada' } } });
      const end = finish(child);
      child.kill('SIGTERM');
      expect((await end).code).toBe(0);
    },
  );

  test('prints its flags with --help', async () => {
    const { code, text } = await finish(run(['--help']));
    expect(code).toBe(0);
    for (const flag of ['--supergraph', '--port', '--host', '--config'])
      expect(text).toContain(flag);
  });

  test.each([
    ['an unknown flag', ['--supergrph', 'x'], 2, "Unknown option '--supergrph'"],
    ['a missing supergraph', ['--supergraph', 'none.graphql'], 1, 'there is no such file'],
    ['a port that is no number', ['--port', 'http'], 1, 'flags and environment: port'],
    ['a missing settings file', ['--config', 'none.yaml'], 1, 'none.yaml: cannot be read'],
  ])('ends at once on %s and says what is wrong', async (_what, flags, status, message) => {
    const { code, text } = await finish(run(flags));
    expect(code).toBe(status);
    expect(text).toContain(message);
    expect(text).not.toContain('    at ');
  });

  test('ends at once on a supergraph that is invalid', async () => {
    writeFileSync(join(folder, 'bad.graphql'), 'type Query { a: Int }');
    const { code, text } = await finish(run(['--supergraph', 'bad.graphql', '--port', '0']));
    expect(code).toBe(1);
    expect(text).toContain('The supergraph bad.graphql is invalid');
  });
});
