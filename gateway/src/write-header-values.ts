import type { IncomingHeaders } from './incoming-headers.ts';

/**
 * Writes the values of some headers as one string. Each has its length in front, so that no value can look like several
 * or like the end of another: equal strings mean equal values.
 */
export function writeHeaderValues(names: readonly string[], headers: IncomingHeaders): string {
  let text = '';
  for (const name of names) {
    const value = headers[name];
    text += value === undefined ? '-' : `${value.length}:${value}`;
  }
  return text;
}
