import { describe, expect, test } from '@jest/globals';
import { spawn, type ChildProcess } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** As it is shipped: built by `npm run build`. */
const lifecycle = new URL('../dist/lifecycle.js', import.meta.url);
const log = new URL('../dist/log.js', import.meta.url);

interface Run {
  readonly child: ChildProcess;
  readonly output: () => string;
  readonly ended: Promise<{ readonly code: number | null; readonly output: string }>;
  readonly says: (text: string | RegExp) => Promise<void>;
}

/** @param running what is run, as the text of an object; @param options of the process, as text */
function run(running: string, options = '{ graceMs: 300 }'): Run {
  if (!existsSync(fileURLToPath(lifecycle))) throw new Error('run npm run build first');
  const program = `
    const { runProcess } = await import(${JSON.stringify(lifecycle.href)});
    const { createLog } = await import(${JSON.stringify(log.href)});
    const keepAlive = setInterval(() => undefined, 1_000);
    await runProcess(createLog('test'), async () => (${running}), ${options});
    console.log('it runs');`;
  const child = spawn(process.execPath, ['--input-type=module', '-e', program], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  child.stdout.on('data', (chunk) => (output += String(chunk)));
  child.stderr.on('data', (chunk) => (output += String(chunk)));
  const ended = new Promise<{ code: number | null; output: string }>((resolve) => {
    child.once('close', (code) => resolve({ code, output }));
  });
  return {
    child,
    output: () => output,
    ended,
    async says(text) {
      while (output.search(text) === -1) await new Promise((resolve) => setTimeout(resolve, 10));
    },
  };
}

describe('a process', () => {
  test('ends with status 0 when it has stopped', async () => {
    const { child, ended, says } = run('{ stop: async () => console.log("it stops") }');
    await says('it runs');
    child.kill('SIGTERM');
    const { code, output } = await ended;
    expect(code).toBe(0);
    expect(output).toContain('it stops');
  });

  test('ends with status 1 when it does not stop in time', async () => {
    const { child, ended, says } = run('{ stop: () => new Promise(() => undefined) }');
    await says('it runs');
    child.kill('SIGTERM');
    const { code, output } = await ended;
    expect(code).toBe(1);
    expect(output).toContain('did not stop within the grace period');
  });

  test('ends at once on a second signal, unless a supervisor sends them', async () => {
    // Stops in order when it is asked for the second time, where that does not end it.
    const slow = `{
      stop: () => new Promise((resolve) => {
        process.once('SIGTERM', resolve);
        console.log('it waits');
      }),
    }`;
    for (const [options, status] of [
      ['{ graceMs: 60_000 }', 1],
      ['{ graceMs: 60_000, isSupervised: true }', 0],
    ] as const) {
      const { child, ended, says } = run(slow, options);
      await says('it runs');
      child.kill('SIGTERM');
      await says('it waits');
      child.kill('SIGTERM');
      expect((await ended).code).toBe(status);
    }
  });

  test('reloads on SIGHUP, and goes on when that is refused', async () => {
    const { child, ended, says } = run(`{
      stop: async () => undefined,
      times: 0,
      async reload() { this.times += 1; if (this.times === 2) throw new Error('not these'); },
    }`);
    await says('it runs');
    child.kill('SIGHUP');
    await says('settings reloaded');
    child.kill('SIGHUP');
    await says('not these');
    child.kill('SIGTERM');
    expect((await ended).code).toBe(0);
  });

  test('reloads once more when it is asked many times while it reloads', async () => {
    const { child, ended, says } = run(`{
      stop: async () => undefined,
      times: 0,
      reload() {
        this.times += 1;
        console.log('begins ' + this.times);
        return new Promise((resolve) => process.once('SIGUSR2', resolve));
      },
    }`);
    await says('it runs');
    child.kill('SIGHUP');
    await says('begins 1');
    for (let count = 0; count < 20; count += 1) {
      child.kill('SIGHUP');
      await new Promise((resolve) => setImmediate(resolve));
    }
    // The first one ends now: the system hands over signals of lower numbers before this one.
    child.kill('SIGUSR2');
    await says('begins 2');
    child.kill('SIGUSR2');
    // A third would begin in the moment in which the second ends.
    await says(/settings reloaded[^]*settings reloaded/);
    child.kill('SIGTERM');
    const { code, output } = await ended;
    expect(code).toBe(0);
    expect(output).not.toContain('begins 3');
  });

  test('reloads after the start when it is asked before', async () => {
    const { child, ended, says } = run(`(await (async () => {
      console.log('it starts');
      await new Promise((resolve) => process.once('SIGHUP', resolve));
      return { stop: async () => undefined, reload: async () => console.log('it reloads') };
    })())`);
    await says('it starts');
    child.kill('SIGHUP');
    await says('it reloads');
    child.kill('SIGTERM');
    expect((await ended).code).toBe(0);
  });

  test('reloads when it was asked in the last moment of its start', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'trellis-lifecycle-'));
    const asked = join(folder, 'asked');
    // Busy until it was asked: nothing of the signal is heard before the start is over.
    const { child, ended, says } = run(`{
      begun: console.log('it is busy'),
      until: (({ existsSync }) => { while (!existsSync(${JSON.stringify(asked)})); })(
        process.getBuiltinModule('node:fs'),
      ),
      stop: async () => undefined,
      reload: async () => console.log('it reloads'),
    }`);
    await says('it is busy');
    child.kill('SIGHUP');
    writeFileSync(asked, '');
    await says('it reloads');
    child.kill('SIGTERM');
    expect((await ended).code).toBe(0);
    rmSync(folder, { recursive: true });
  });

  test('logs a rejected promise and goes on', async () => {
    const { child, ended, says } = run(
      '{ stop: async () => undefined, x: setTimeout(() => void Promise.reject(new Error("oh")), 10) }',
    );
    await says('a promise was rejected and nobody waited for it');
    child.kill('SIGTERM');
    expect((await ended).code).toBe(0);
  });

  test('stops in order after an exception, with status 1', async () => {
    const { ended } = run(
      '{ stop: async () => console.log("it stops"), x: setTimeout(() => { throw new Error("oh"); }, 10) }',
    );
    const { code, output } = await ended;
    expect(code).toBe(1);
    expect(output).toContain('an exception was not caught');
    expect(output).toContain('it stops');
  });
});
