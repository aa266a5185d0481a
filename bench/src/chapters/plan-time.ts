import { median } from '../load/percentile.ts';
import { figure } from '../report/format.ts';
import { post, runChapter } from './chapter.ts';

/**
 * `npm run plan-time`: how long an operation takes when it comes for the first time, over its size, and how long
 * others wait meanwhile.
 */
const sizes = [1, 2, 4, 8, 16, 32, 64];
const repetitions = 5;
const bystander = 'query Bystander { topProducts(first: 1) { upc } }';

await runChapter({
  name: 'plan-time',
  headings: ['fields', 'first ms', 'again ms', 'longest wait of others ms'],
  async measure(gateway) {
    const rows: string[][] = [];
    await post(gateway.url, operation(2, 'warm'));
    for (const size of sizes) {
      const first: number[] = [];
      const again: number[] = [];
      const waits: number[] = [];
      for (let turn = 0; turn < repetitions; turn += 1) {
        const text = operation(size, `t${turn}`);
        const observed = await observe(gateway.url, () => timed(gateway.url, text));
        first.push(observed.result);
        waits.push(observed.longestWaitMs);
        again.push(await timed(gateway.url, text));
      }
      const fields = operation(size, 't').match(/\w+/g)?.length ?? 0;
      rows.push([String(fields), ...[first, again, waits].map((values) => figure(median(values)))]);
    }
    return rows;
  },
});

/** A query of `size` blocks through all four subgraphs, like no other: each `mark` is another operation. */
function operation(size: number, mark: string): string {
  const block = (at: number): string =>
    `b${at}_${mark}: topProducts(first: ${(at % 5) + 1}) { upc name price inStock reviews { id body author { id name reviews { id product { name inStock } } } } }`;
  const blocks = Array.from({ length: size }, (_, at) => block(at));
  return `query Blocks${size}_${mark} { ${blocks.join(' ')} }`;
}

async function timed(url: string, query: string): Promise<number> {
  const start = performance.now();
  await post(url, query);
  return performance.now() - start;
}

/** Keeps asking a small, known query while something runs; returns its longest wait. */
async function observe<Result>(
  url: string,
  run: () => Promise<Result>,
): Promise<{ result: Result; longestWaitMs: number }> {
  await post(url, bystander);
  let isRunning = true;
  let longestWaitMs = 0;
  const watching = (async () => {
    while (isRunning) longestWaitMs = Math.max(longestWaitMs, await timed(url, bystander));
  })();
  const result = await run();
  isRunning = false;
  await watching;
  return { result, longestWaitMs };
}
