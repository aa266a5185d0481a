import { parse, print } from 'graphql';
import type { PlannedFetch } from './list-fetches.ts';

/** A plan for people: its requests by wave, each with its operation. */
export function printPlan(fetches: PlannedFetch[]): string {
  const lines: string[] = [];
  let wave = 0;
  for (const fetch of fetches) {
    if (fetch.wave !== wave) {
      wave = fetch.wave;
      lines.push(`wave ${wave}`);
    }
    const where = fetch.path === '' ? '' : ` at ${fetch.path}`;
    const what = fetch.entities.length > 0 ? ` (${fetch.entities.join(', ')})` : '';
    const when = fetch.condition === undefined ? '' : ` if ${fetch.condition}`;
    lines.push(`  ${fetch.subgraph}${where}${what}${when}`);
    for (const line of print(parse(fetch.operation)).split('\n')) lines.push(`    ${line}`);
  }
  return `${lines.join('\n')}\n`;
}
