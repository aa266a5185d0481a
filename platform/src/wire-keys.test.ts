import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { ensureWireSecret, makeWireKey, readWireKeys } from './wire-keys.ts';

const secret = 'a'.repeat(32);
const nextSecret = 'b'.repeat(32);

describe('wire keys', () => {
  test('are absent without settings', () => {
    expect(readWireKeys({})).toEqual([]);
  });

  test('are read in order, several for a rotation', () => {
    const keys = readWireKeys({ TRELLIS_WIRE_SECRET: ` ${secret}, ${nextSecret} ` });
    expect(keys).toEqual([makeWireKey(secret), makeWireKey(nextSecret)]);
    expect(keys[0]?.id).not.toBe(keys[1]?.id);
  });

  test('refuse a secret that can be guessed, and say how to make one', () => {
    expect(() => readWireKeys({ TRELLIS_WIRE_SECRET: 'hunter2' })).toThrow(
      'TRELLIS_WIRE_SECRET needs at least 32 characters, but one of its secrets has 7. Make one with: openssl rand -hex 32',
    );
  });

  test('are made once and kept from other users', () => {
    const folder = mkdtempSync(join(tmpdir(), 'wire keys '));
    try {
      const file = join(folder, 'state', 'wire-secret');
      const made = ensureWireSecret(file);
      expect(ensureWireSecret(file)).toBe(made);
      expect(made).toMatch(/^[0-9a-f]{64}$/);
      expect(statSync(file).mode & 0o777).toBe(0o600);
      expect(readWireKeys({ TRELLIS_WIRE_SECRET_FILE: file })).toEqual([makeWireKey(made)]);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});
