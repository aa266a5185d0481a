import { parse } from 'graphql';

/** What the work takes on the machine of all figures (docs/performance.md), in milliseconds. */
const referenceMs = 5;
const maxTries = 60;

const text = `{ ${Array.from({ length: 3_000 }, (_each, at) => `a${at}: field(id: ${at}, name: "n${at}") { id name }`).join(' ')} }`;

/**
 * Figures of processor time are those of one machine: a slower one gets more, in proportion.
 * @returns how many times as long a fixed piece of work takes here, at least 1
 */
export function measureSlowness(): number {
  let bestMs = Infinity;
  for (let tries = 0; tries < maxTries && bestMs > referenceMs; tries += 1) {
    const startedAt = performance.now();
    parse(text);
    JSON.stringify(JSON.parse(JSON.stringify({ text })));
    bestMs = Math.min(bestMs, performance.now() - startedAt);
  }
  return Math.max(1, bestMs / referenceMs);
}
