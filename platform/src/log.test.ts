import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { spawn, type ChildProcess } from 'node:child_process';
import { existsSync, mkdtempSync, openSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { transformSync } from '@swc/core';
import { readFileSync } from 'node:fs';

/** Processes run the log as it is here, without a build. */
let folder: string;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'trellis-log-'));
  const pinoUrl = pathToFileURL(createRequire(import.meta.url).resolve('pino')).href;
  for (const name of ['log', 'log-destination']) {
    const { code } = transformSync(readFileSync(join(import.meta.dirname, `${name}.ts`), 'utf8'), {
      jsc: { target: 'es2023', parser: { syntax: 'typescript' } },
    });
    const linked = code.replaceAll("'pino'", `'${pinoUrl}'`).replaceAll('.ts', '.js');
    writeFileSync(join(folder, `${name}.js`), linked.replaceAll('"pino"', `'${pinoUrl}'`));
  }
  writeFileSync(join(folder, 'package.json'), '{"type":"module"}');
});

afterAll(() => rmSync(folder, { recursive: true, force: true }));

function start(script: string, stdout: 'pipe' | number): ChildProcess {
  const file = join(folder, 'main.js');
  writeFileSync(
    file,
    `import { createLog } from './log.js';\nconst log = createLog('test');\n${script}`,
  );
  return spawn(process.execPath, [file], { stdio: ['ignore', stdout, 'pipe', 'ipc'] });
}

const ended = (child: ChildProcess): Promise<number | null> =>
  new Promise((resolve) => child.once('exit', resolve));

describe('the log', () => {
  test('loses no line of a process that exits at once', async () => {
    const child = start(
      'for (let at = 0; at < 3000; at += 1) log.info({ at });\nlog.error("last"); process.exit(3);',
      'pipe',
    );
    let text = '';
    child.stdout?.on('data', (chunk: Buffer) => (text += chunk.toString()));
    await new Promise((resolve) => child.stdout?.once('end', resolve));
    const lines = text.trim().split('\n');
    expect(lines).toHaveLength(3001);
    expect(JSON.parse(lines.at(-1) ?? '')).toMatchObject({ level: 'error', msg: 'last' });
  });

  test('does not hold the process up when nobody reads it', async () => {
    const child = start(
      `const line = 'x'.repeat(10_000);
       for (let at = 0; at < 3000; at += 1) log.info(line);
       setImmediate(() => process.send('alive'));`,
      'pipe',
    );
    expect(await new Promise((resolve) => child.once('message', resolve))).toBe('alive');
    child.kill('SIGKILL');
    await ended(child);
  });

  test('does not end the process when its reader is gone', async () => {
    const child = start(
      `const timer = setInterval(() => log.info('more'), 5);
       process.on('message', () => { clearInterval(timer); process.exit(0); });
       process.send('started');`,
      'pipe',
    );
    await new Promise((resolve) => child.once('message', resolve));
    child.stdout?.destroy();
    const told = await new Promise((resolve) => {
      child.stderr?.once('data', (chunk: Buffer) => resolve(chunk.toString()));
    });
    expect(told).toBe('the log cannot be written (EPIPE); going on without it\n');
    const exit = ended(child);
    child.send('stop');
    expect(await exit).toBe(0);
  });

  (existsSync('/dev/full') ? test : test.skip)(
    'does not end the process when the disk is full',
    async () => {
      const child = start(
        `let lines = 0;
         const timer = setInterval(() => { log.info('more'); lines += 1; if (lines === 20) process.send('alive'); }, 2);
         process.on('message', () => process.exit(0));`,
        openSync('/dev/full', 'w'),
      );
      expect(await new Promise((resolve) => child.once('message', resolve))).toBe('alive');
      const exit = ended(child);
      child.send('stop');
      expect(await exit).toBe(0);
    },
  );
});
