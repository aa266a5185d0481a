import { createRequire } from 'node:module';
import type * as Undici from 'undici';

const require = createRequire(import.meta.url);

/**
 * Loads undici when it is first needed: it takes 14 MB, and subgraphs behind plain HTTP/1.1 never need it. Takes some
 * 50 ms then: call it where a subgraph is prepared, not where it is asked.
 */
export function loadUndici(): typeof Undici {
  return require('undici') as typeof Undici;
}
