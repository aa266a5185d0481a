import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createLastGoodFile } from './last-good-file.ts';

describe('the last good supergraph on disk', () => {
  let folder: string;
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'trellis-last-good-'));
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  test('is what was saved last, in a folder that is made for it', async () => {
    const file = createLastGoodFile(join(folder, 'new folder', 'last.graphql'));
    expect(await file.load()).toBeUndefined();
    await file.save('type Query { a: Int }');
    await file.save('type Query { ä: Int }\n');
    expect(await file.load()).toBe('type Query { ä: Int }\n');
  });

  test('is a supergraph that tools can read', async () => {
    const path = join(folder, 'readable.graphql');
    await createLastGoodFile(path).save('type Query { a: Int }');
    expect(readFileSync(path, 'utf8')).toMatch(/^# sha256:[0-9a-f]{64}\ntype Query \{ a: Int \}$/);
  });

  test.each([
    ['cut off', (text: string) => text.slice(0, -3)],
    ['changed', (text: string) => text.replace('Int', 'Float')],
    ['no such file', () => 'type Query { a: Int }'],
  ])('is refused when it is %s', async (_how, damage) => {
    const path = join(folder, 'damaged.graphql');
    const file = createLastGoodFile(path);
    await file.save('type Query { a: Int }');
    writeFileSync(path, damage(readFileSync(path, 'utf8')));
    await expect(file.load()).rejects.toThrow('is damaged');
  });

  test('is the last of many that are saved at once, and whole', async () => {
    const path = join(folder, 'busy.graphql');
    const file = createLastGoodFile(path);
    const other = createLastGoodFile(path);
    const texts = Array.from(
      { length: 20 },
      (_, at) => `# ${at} ${'x'.repeat(100_000 - at * 999)}`,
    );
    await Promise.all(texts.flatMap((text) => [file.save(text), other.save(text)]));
    expect(await file.load()).toBe(texts[19]);
  });

  test('leaves nothing behind when it cannot be written', async () => {
    const path = join(folder, 'taken');
    await createLastGoodFile(join(path, 'x')).save('x');
    await expect(createLastGoodFile(path).save('y')).rejects.toThrow();
    expect(readdirSync(folder).filter((name) => name.endsWith('.new'))).toEqual([]);
  });
});
