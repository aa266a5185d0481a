import { median } from '../load/percentile.ts';
import { cpuTimeMs } from '../measure/process-usage.ts';
import { figure } from '../report/format.ts';
import { post, runChapter } from './chapter.ts';

/** `npm run response-size`: what an answer costs as it grows. Linear means: the last column stays where it is. */
const productCounts = [2, 20, 100, 500, 2_000, 10_500];
const query =
  'query Sized($first: Int) { topProducts(first: $first) { upc name price weight inStock reviews { id body } } }';
/** So much answer is asked for at each size, so that the clock's ticks do not matter. */
const bytesPerSize = 60_000_000;
const maximumRequests = 3_000;

await runChapter({
  name: 'response-size',
  headings: ['products', 'KB', 'ms', 'CPU ms', 'CPU µs per KB'],
  async measure(gateway) {
    const rows: string[][] = [];
    for (const first of productCounts) {
      const { length } = await post(gateway.url, query, { first });
      const requests = Math.min(maximumRequests, Math.ceil(bytesPerSize / length));
      for (let warm = 0; warm < requests / 4; warm += 1) await post(gateway.url, query, { first });
      const cpuBefore = cpuTimeMs(gateway.pid);
      const times: number[] = [];
      for (let request = 0; request < requests; request += 1) {
        const start = performance.now();
        await post(gateway.url, query, { first });
        times.push(performance.now() - start);
      }
      const cpuMs = (cpuTimeMs(gateway.pid) - cpuBefore) / requests;
      const kilobytes = length / 1024;
      rows.push([
        String(first),
        figure(kilobytes),
        figure(median(times)),
        figure(cpuMs),
        figure((1000 * cpuMs) / kilobytes),
      ]);
    }
    return rows;
  },
});
