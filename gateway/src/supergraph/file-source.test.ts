import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { mkdtempSync, renameSync, rmSync, symlinkSync, unlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createFileSource } from './file-source.ts';
import type { StopWatching } from './source.ts';

describe('a supergraph file', () => {
  let folder: string;
  let file: string;
  let stop: StopWatching | undefined;

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'trellis source with spaces '));
    file = join(folder, 'supergraph.graphql');
    writeFileSync(file, 'one');
  });
  afterEach(() => {
    stop?.();
    rmSync(folder, { recursive: true, force: true });
  });

  /** Watches and collects what is reported; `next` waits for the next report. */
  async function watch(): Promise<{ seen: string[]; next: () => Promise<string> }> {
    const source = createFileSource({ file, pollIntervalMs: 100 });
    await source.load();
    const seen: string[] = [];
    const waiting: ((sdl: string) => void)[] = [];
    stop = source.watch({
      onChange(sdl) {
        seen.push(sdl);
        waiting.shift()?.(sdl);
      },
      onProblem(error) {
        throw error;
      },
    });
    return { seen, next: () => new Promise((resolve) => waiting.push(resolve)) };
  }

  test('is reported when it is written', async () => {
    const { next } = await watch();
    const change = next();
    writeFileSync(file, 'two');
    expect(await change).toBe('two');
  });

  test('is reported again and again when it is replaced by renaming', async () => {
    const { next } = await watch();
    for (const text of ['two', 'three', 'four']) {
      const change = next();
      writeFileSync(`${file}.new`, text);
      renameSync(`${file}.new`, file);
      expect(await change).toBe(text);
    }
  });

  test('is reported when a symbolic link is turned to another file', async () => {
    writeFileSync(join(folder, 'a'), 'one');
    writeFileSync(join(folder, 'b'), 'two');
    unlinkSync(file);
    symlinkSync('a', file);
    const { next } = await watch();
    const change = next();
    symlinkSync('b', join(folder, 'link'));
    renameSync(join(folder, 'link'), file);
    expect(await change).toBe('two');
  });

  test('is reported when it comes back after it was deleted', async () => {
    const { next } = await watch();
    unlinkSync(file);
    const change = next();
    writeFileSync(file, 'two');
    expect(await change).toBe('two');
  });

  test('is not reported when it is written with the same text', async () => {
    const { seen, next } = await watch();
    writeFileSync(file, 'one');
    const change = next();
    writeFileSync(file, 'two');
    await change;
    expect(seen).toEqual(['two']);
  });

  test.each([
    ['no UTF-8', Buffer.from([0x74, 0xff, 0x77]), 'it is not UTF-8'],
    ['larger than any supergraph', Buffer.alloc(33 * 1024 * 1024, '#'), 'it is larger than'],
  ])('that is %s is a problem until it is replaced', async (_what, bytes, reason) => {
    const source = createFileSource({ file, pollIntervalMs: 100 });
    await source.load();
    const problems: string[] = [];
    let unchanged = 0;
    const next = new Promise<string>((resolve) => {
      stop = source.watch({
        onChange: resolve,
        onUnchanged: () => (unchanged += 1),
        onProblem: ({ message }) => problems.push(message),
      });
    });
    writeFileSync(file, bytes);
    while (problems.length < 2) await new Promise((resolve) => setTimeout(resolve, 5));
    const before = unchanged;
    while (problems.length < 4) await new Promise((resolve) => setTimeout(resolve, 5));
    expect(unchanged).toBe(before);
    expect(problems[0]).toContain(reason);
    await expect(createFileSource({ file, pollIntervalMs: 100 }).load()).rejects.toThrow(reason);
    writeFileSync(file, 'two');
    expect(await next).toBe('two');
  });

  test('that is missing at the start is named, with what to do', async () => {
    const source = createFileSource({ file: join(folder, 'none.graphql'), pollIntervalMs: 100 });
    await expect(source.load()).rejects.toThrow(/none\.graphql cannot be read.*--supergraph FILE/);
  });
});
