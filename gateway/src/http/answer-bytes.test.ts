import { describe, expect, test } from '@jest/globals';
import { answerBytes } from './answer-bytes.ts';

describe('answerBytes', () => {
  test.each(['x', 'é', '\u00ff', '漢', '😀'])('encodes as UTF-8: %s', (character) => {
    const body = character.repeat(20_000);
    expect(answerBytes({ body, errorCount: 0 })?.toString('utf8')).toBe(body);
  });

  test('gives the bytes of each answer, and the same ones to all who share it', () => {
    const first = { body: 'a'.repeat(20_000), errorCount: 0 };
    const second = { body: 'b'.repeat(20_000), errorCount: 0 };
    const bytes = answerBytes(first);
    expect(answerBytes(first)).toBe(bytes);
    expect(answerBytes(second)?.toString()).toBe(second.body);
    expect(answerBytes(first)?.toString()).toBe(first.body);
  });

  test('leaves small answers text', () => {
    expect(answerBytes({ body: '{}', errorCount: 0 })).toBeUndefined();
  });
});
