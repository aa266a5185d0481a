import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';

const start = fileURLToPath(new URL('../start.js', import.meta.url));

let home: string;
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'trellis-reset-'));
  mkdirSync(join(home, 'logs'));
  writeFileSync(join(home, 'logs', 'orders.log'), 'dear to somebody');
});
afterEach(() => rmSync(home, { recursive: true, force: true }));

function run(...flags: readonly string[]) {
  const env: NodeJS.ProcessEnv = { ...process.env, TRELLIS_HOME: home };
  delete env['DATABASE_URL'];
  return spawnSync(process.execPath, [start, ...flags], { env, encoding: 'utf8' });
}

describe('npm run reset', () => {
  test('only explains itself when asked for help', () => {
    const { status, stdout } = run('reset', '--help');
    expect(stdout).toMatch(/npm run reset -- --yes/);
    expect(status).toBe(0);
    expect(existsSync(join(home, 'logs', 'orders.log'))).toBe(true);
  });

  test('removes nothing for a flag that it does not know', () => {
    const { status, stderr } = run('reset', '--yse');
    expect(stderr).toMatch(/--yse/);
    expect(status).toBe(1);
    expect(existsSync(join(home, 'logs', 'orders.log'))).toBe(true);
  });
});

test('a flag without a command is one of npm start', () => {
  const { status, stdout } = run('--help');
  expect(stdout).toMatch(/npm start -- --ports free/);
  expect(status).toBe(0);
});
