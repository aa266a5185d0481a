import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { assertTwoCores, loadCore, pinProcess } from '../measure/pin.ts';
import { setStage } from '../measure/setting.ts';
import { startCollector } from '../measure/start-collector.ts';
import { readOptions } from '../options.ts';
import { figure } from '../report/format.ts';
import { medianCell, type Results } from '../results.ts';
import { run } from '../run.ts';

/**
 * `npm run costs -- --workloads w2-identity,w3-identity`: what policies of the transport, rules, metrics and spans cost this gateway,
 * and graphql-shield a monolith.
 */
const collector = await startCollector();
// Read when it is loaded.
const { costContestants } = await import('../contestants/cost-contestants.ts');

const options = readOptions(process.argv.slice(2), costContestants);
if (options !== undefined) {
  assertTwoCores();
  pinProcess(process.pid, loadCore);
  const stage = await setStage(options);
  try {
    const results = await run(options, stage);
    const table = costTable(results);
    console.log(`\n${table}`);
    if (options.resultsFolder !== undefined) {
      mkdirSync(options.resultsFolder, { recursive: true });
      writeFileSync(join(options.resultsFolder, 'costs.md'), table);
    }
  } finally {
    stage.close();
  }
}
collector.stop();

/** Each against the one it is a variant of. Best of the rounds: what else the machine does only ever makes things slower. */
function costTable(results: Results): string {
  const lines = [
    '| workload | contestant | requests/s | CPU µs/request | CPU, best round | against | more CPU |',
    '| --- | --- | --: | --: | --: | --- | --: |',
  ];
  for (const row of results.rows) {
    const cell = medianCell(row);
    if (!cell) {
      lines.push(`| ${row.workload} | ${row.title} | not ranked: ${row.wrong ?? ''} | | | | |`);
      continue;
    }
    const baseName = row.contestant.startsWith('monolith')
      ? 'monolith'
      : row.contestant === 'defaults'
        ? 'bare-transport'
        : 'defaults';
    const base = results.rows.find(
      (each) => each.workload === row.workload && each.contestant === baseName,
    );
    const best = bestCpu(row.runs);
    const more =
      base && base !== row && base.runs.length > 0 ? best / bestCpu(base.runs) - 1 : Number.NaN;
    lines.push(
      `| ${row.workload} | ${row.title} | ${figure(cell.requestsPerSecond)} | ${figure(1000 * cell.cpuMsPerRequest)} | ` +
        `${figure(1000 * best)} | ${Number.isNaN(more) ? '' : baseName} | ${Number.isNaN(more) ? '' : `${(100 * more).toFixed(1)} %`} |`,
    );
  }
  return `${lines.join('\n')}\n`;
}

function bestCpu(runs: Results['rows'][number]['runs']): number {
  return Math.min(...runs.map(({ cpuMsPerRequest }) => cpuMsPerRequest));
}
