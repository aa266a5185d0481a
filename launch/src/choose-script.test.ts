import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { mkdirSync, mkdtempSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { chooseScript } from './choose-script.ts';

let root: string;

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'trellis bundle '));
});

afterEach(() => {
  rmSync(root, { recursive: true });
});

/** @param second when it was written */
function write(file: string, second: number): void {
  const path = join(root, file);
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, '');
  utimesSync(path, second, second);
}

function choose(): string {
  return chooseScript(join(root, 'orders', 'dist'), [join(root, 'kit')]).slice(root.length + 1);
}

describe('chooseScript', () => {
  beforeEach(() => {
    write('orders/dist/main.js', 10);
    write('orders/dist/resolvers/Query.js', 11);
    write('kit/dist/serve.js', 12);
    write('kit/dist/bundle/chunk.js', 21);
  });

  test('takes the bundle when it is newer than all it was made from', () => {
    write('orders/dist/bundle.js', 20);
    expect(choose()).toBe(join('orders', 'dist', 'bundle.js'));
  });

  test('takes what was compiled when there is no bundle', () => {
    expect(choose()).toBe(join('orders', 'dist', 'main.js'));
  });

  test.each(['orders/dist/resolvers/Query.js', 'kit/dist/serve.js'])(
    'takes what was compiled when %s has changed since',
    (file) => {
      write('orders/dist/bundle.js', 20);
      write(file, 30);
      expect(choose()).toBe(join('orders', 'dist', 'main.js'));
    },
  );
});
