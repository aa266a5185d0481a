import { expect, test } from '@jest/globals';
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { tryLock, withLock } from './exclusive-lock.ts';

const folder = mkdtempSync(join(tmpdir(), 'trellis lock '));

test('gives a lock to one at a time', async () => {
  const lock = await tryLock(folder, 'a');
  expect(lock).toBeDefined();
  expect(await tryLock(folder, 'a')).toBeUndefined();
  await lock?.release();
  const again = await tryLock(folder, 'a');
  expect(again).toBeDefined();
  await again?.release();
});

test('keeps locks of other names and folders apart', async () => {
  const lock = await tryLock(folder, 'a');
  const other = await tryLock(folder, 'b');
  const elsewhere = await tryLock(join(folder, 'below'), 'a');
  expect([lock, other, elsewhere]).not.toContain(undefined);
  for (const taken of [lock, other, elsewhere]) await taken?.release();
});

test('never runs two tasks at once', async () => {
  let running = 0;
  let most = 0;
  const tasks = Array.from({ length: 8 }, () =>
    withLock({ folder, name: 'task', timeoutMs: 20_000 }, async () => {
      running += 1;
      most = Math.max(most, running);
      await delay(5);
      running -= 1;
    }),
  );
  await Promise.all(tasks);
  expect(most).toBe(1);
});

test('releases the lock when the task fails, and gives up waiting in time', async () => {
  const options = { folder, name: 'fails', timeoutMs: 20_000 };
  const failing = withLock(options, () => Promise.reject(new Error('no')));
  await expect(failing).rejects.toThrow('no');
  const lock = await tryLock(folder, 'fails');
  const waiting = withLock({ ...options, timeoutMs: 1 }, () => Promise.resolve());
  await expect(waiting).rejects.toThrow('another process holds the lock "fails"');
  await lock?.release();
});
