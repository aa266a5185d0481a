import { describe, expect, test } from '@jest/globals';
import { chmodSync, mkdirSync, mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { canEnter, chooseServerAccount } from './server-account.ts';

const root = 'root:x:0:0:root:/root:/bin/bash';
const nobody = 'nobody:x:65534:65534:nobody:/nonexistent:/usr/sbin/nologin';
const postgres = 'postgres:x:101:104:,,,:/var/lib/postgresql:/bin/bash';

function asRoot<Result>(task: () => Result): Result {
  return asUser(0, task);
}

function asUser<Result>(uid: number, task: () => Result): Result {
  const original = Object.getOwnPropertyDescriptor(process, 'getuid') ?? {};
  Object.defineProperty(process, 'getuid', { configurable: true, value: () => uid });
  try {
    return task();
  } finally {
    Object.defineProperty(process, 'getuid', original);
  }
}

describe('chooseServerAccount', () => {
  test('leaves everybody but root as he is', () => {
    expect(asUser(1000, () => chooseServerAccount(undefined, postgres))).toBeUndefined();
  });

  test('prefers postgres to nobody', () => {
    const passwd = [root, nobody, postgres].join('\n');
    expect(asRoot(() => chooseServerAccount(undefined, passwd))).toEqual({
      name: 'postgres',
      uid: 101,
      gid: 104,
    });
  });

  test('takes nobody where there is no postgres, also with the number macOS gives him', () => {
    const passwd = [root, 'nobody:*:-2:-2:Unprivileged User:/var/empty:/usr/bin/false'].join('\n');
    expect(asRoot(() => chooseServerAccount(undefined, passwd))).toMatchObject({
      name: 'nobody',
      uid: 4_294_967_294,
    });
  });

  test('says why it cannot run where root is alone', () => {
    expect(() => asRoot(() => chooseServerAccount(undefined, root))).toThrow(
      'names neither "postgres" nor "nobody"',
    );
  });
});

describe('canEnter', () => {
  test('is false below a folder that is closed to others', () => {
    const open = mkdtempSync(join(tmpdir(), 'trellis account '));
    chmodSync(open, 0o755);
    const inner = join(open, 'closed', 'inner');
    mkdirSync(inner, { recursive: true });
    chmodSync(join(open, 'closed'), 0o700);
    const stranger = { name: 'stranger', uid: 54_321, gid: 54_321 };
    expect(canEnter(open, stranger)).toBe(true);
    expect(canEnter(inner, stranger)).toBe(false);
    expect(canEnter(inner, undefined)).toBe(true);
  });
});
