import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { mkdtempSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { AuditSink } from './audit-sink.ts';

let folder: string;
let file: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'trellis-sink-'));
  file = join(folder, 'trail.jsonl');
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const read = (path: string): string[] => readFileSync(path, 'utf8').split('\n').slice(0, -1);

describe('the sink of the audit trail', () => {
  test('has every line, whole and once, however they come', async () => {
    const sink = new AuditSink(file, () => undefined);
    const expected: string[] = [];
    for (let round = 0; round < 50; round += 1) {
      const awaited = Array.from({ length: 5 }, (_each, at) => {
        expected.push(`${round} ${at}`, `${round} ${at} now`);
        sink.append(`${round} ${at}\n`);
        return sink.appendNow(`${round} ${at} now\n`);
      });
      // Some come when the batch before them is just over.
      if (round % 3 === 0) await Promise.all(awaited);
      else await awaited[0];
    }
    expect(await sink.stop()).toBe(0);
    expect(read(file).sort()).toEqual(expected.sort());
  });

  test('goes on in a new file when the old one is moved away', async () => {
    const sink = new AuditSink(file, () => undefined);
    await sink.appendNow('one\n');
    renameSync(file, `${file}.1`);
    await sink.appendNow('two\n');
    expect([read(`${file}.1`), read(file)]).toEqual([['one'], ['two']]);
    await sink.stop();
  });

  test('keeps 10,000 lines while it cannot be written, the newest', async () => {
    const problems: string[] = [];
    const sink = new AuditSink(folder, (reason) => problems.push(reason));
    for (let at = 0; at < 10_500; at += 1) sink.append(`${at}\n`);
    expect(await sink.stop()).toBe(10_500);
    expect(problems.join()).toContain('EISDIR');
  });

  test('rejects a line that is waited for, and does not write it later', async () => {
    const sink = new AuditSink(folder, () => undefined);
    await expect(sink.appendNow('one\n')).rejects.toThrow('EISDIR');
    expect(await sink.stop()).toBe(0);
  });
});
