import { expect } from '@jest/globals';
import { secret } from './body-modes.ts';
import type { GraphAnswer } from './fault-graph.ts';

/** What must not stand in any answer: addresses, system messages, stacks, what a subgraph said in confidence. */
const internal = [
  /127\.0\.0\.1/,
  /localhost/,
  /10\.0\.0\.7/,
  /internal/i,
  /ECONN|ENOTFOUND|ETIMEDOUT|EPIPE|UND_ERR|HPE_/,
  /\bat .*\.(js|ts):\d+/,
  /node_modules|file:\/\//,
  /POLLUTED/,
  /stolen/,
];

/**
 * The rule for every row: an answer is a JSON object of `data`, `errors` and `extensions` only, every error has a
 * message, a code and a possible path, and nothing internal is in it.
 */
export function expectWellFormed({ status, headers, text, body }: GraphAnswer): void {
  expect(status).toBe(200);
  expect(headers.get('content-type')).toMatch(/json/);
  expect(headers.get('set-cookie')).toBeNull();
  expect(headers.get('x-internal-host')).toBeNull();
  for (const key of Object.keys(body)) expect(['data', 'errors', 'extensions']).toContain(key);
  for (const error of body.errors ?? []) {
    expect(typeof error.message).toBe('string');
    expect(typeof error.extensions?.['code']).toBe('string');
    expect(Array.isArray(error.path)).toBe(true);
    for (const part of error.path ?? []) {
      const isPossible = typeof part === 'string' || (Number.isInteger(part) && Number(part) >= 0);
      expect({ part, isPossible }).toEqual({ part, isPossible: true });
    }
    expectLocations(error.locations);
  }
  // INTERNAL_SERVER_ERROR is a code, not a secret.
  const withoutCodes = text.replaceAll('INTERNAL_SERVER_ERROR', '');
  for (const pattern of internal) expect(withoutCodes).not.toMatch(pattern);
  expect(text).not.toContain(secret);
  expect(Buffer.from(text, 'utf8').toString('utf8')).toBe(text);
}

function expectLocations(locations: unknown): void {
  if (locations === undefined) return;
  expect(Array.isArray(locations)).toBe(true);
  for (const { line, column } of locations as { line: number; column: number }[]) {
    expect(line).toBeGreaterThanOrEqual(1);
    expect(column).toBeGreaterThanOrEqual(1);
  }
}
