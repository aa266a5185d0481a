import { memoryOf } from '../measure/process-usage.ts';
import { figure } from '../report/format.ts';
import { post, runChapter } from './chapter.ts';

/** `npm run many-operations`: memory while 10,000 operations come that all differ. A bounded cache levels out. */
const operations = 10_000;
const atOnce = 10;
const looks = [0, 1_000, 2_500, 5_000, 7_500, 10_000];

await runChapter({
  name: 'many-operations',
  headings: [...looks.map((count) => `RSS MB after ${count}`), 'ms per new operation'],
  async measure(gateway) {
    const row: string[] = [];
    const start = performance.now();
    for (let sent = 0; sent <= operations; sent += atOnce) {
      if (looks.includes(sent)) row.push(figure(memoryOf(gateway.pid).residentMegabytes));
      if (sent === operations) break;
      await Promise.all(
        Array.from({ length: atOnce }, (_, index) => post(gateway.url, operation(sent + index))),
      );
    }
    return [[...row, figure((performance.now() - start) / operations)]];
  },
});

function operation(number: number): string {
  return `query Number${number} { topProducts(first: 2) { upc name_${number}: name inStock reviews { id author { name } } } }`;
}
