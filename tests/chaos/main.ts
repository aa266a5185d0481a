import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { parseArgs } from 'node:util';
import { disturbances, pause } from './disturbances.ts';
import { drawHistogram } from './draw-histogram.ts';
import { startLoad, type Load, type LoadTotals } from './load.ts';
import { operations } from './operations.ts';
import { startPlatform, type Platform } from './platform.ts';

const help = `Runs the whole platform under load while its services are killed, stalled, slowed and restarted, one after
the other. Every answer is compared with the right one. Fails when one is wrong, or lacks anything of a service that was well.

  npm run chaos                       three minutes
  npm run chaos -- --minutes 10       longer
  npm run chaos -- --rate 80          queries per second (default 40)
  npm run chaos -- --svg FILE         where the recovery times are drawn (default docs/chaos-recovery.svg)
  npm run chaos -- --help             this text
`;

interface Settings {
  readonly minutes: number;
  readonly perSecond: number;
  readonly svg: string;
}

type RecoveryTimes = Map<string, number[]>;

/** Between two disturbances, so that what one did is not counted to the next. */
const restMs = 500;

function readSettings(): Settings | undefined {
  const { values } = parseArgs({
    options: {
      minutes: { type: 'string', default: '3' },
      rate: { type: 'string', default: '40' },
      svg: {
        type: 'string',
        default: join(import.meta.dirname, '../../../docs/chaos-recovery.svg'),
      },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) return undefined;
  const minutes = Number(values.minutes);
  const perSecond = Number(values.rate);
  if (!(minutes > 0)) throw new Error(`--minutes takes a number above 0, not "${values.minutes}"`);
  if (!(perSecond > 0)) throw new Error(`--rate takes a number above 0, not "${values.rate}"`);
  return { minutes, perSecond, svg: values.svg };
}

async function disturbInTurn(
  platform: Platform,
  load: Load,
  endsAt: number,
): Promise<RecoveryTimes> {
  const recovery: RecoveryTimes = new Map(disturbances.map(({ name }) => [name, []]));
  const concerned = new Set(operations.flatMap(({ owners }) => Object.values(owners).flat()));
  const services = platform.services.filter((service) => concerned.has(service));
  for (let turn = 0; performance.now() < endsAt; turn += 1) {
    // Every service meets every disturbance before any meets one twice.
    const service = services[turn % services.length] ?? '';
    const round = Math.floor(turn / services.length);
    const disturbance = disturbances[((turn % services.length) + round) % disturbances.length];
    if (!disturbance) continue;
    load.disturb(service);
    await disturbance.inflict(platform, service);
    const healMs = await load.untilWhole(service);
    recovery.get(disturbance.name)?.push(healMs);
    process.stdout.write(
      `${disturbance.name.padEnd(10)} ${service.padEnd(10)} whole again after ${Math.round(healMs)} ms\n`,
    );
    await pause(restMs);
  }
  return recovery;
}

function report(totals: LoadTotals, recovery: RecoveryTimes): boolean {
  const sorted = [...totals.durationsMs].sort((a, b) => a - b);
  const percentile = (share: number): number =>
    Math.round(sorted[Math.floor(sorted.length * share)] ?? 0);
  const all = [...recovery.values()].flat().sort((a, b) => a - b);
  process.stdout.write(`
answers                     ${totals.answers}
lost requests               ${totals.lost.length}
wrong values                ${totals.wrong.length}
missing from services well  ${totals.unexplained.length}
right values                ${totals.rightValues}
null while disturbed        ${totals.missingValues}
latency p50 / p99 / max     ${percentile(0.5)} / ${percentile(0.99)} / ${Math.round(sorted.at(-1) ?? 0)} ms
disturbances                ${all.length}
recovery median / max       ${Math.round(all[Math.floor(all.length / 2)] ?? 0)} / ${Math.round(all.at(-1) ?? 0)} ms
`);
  const problems = [...totals.lost, ...totals.wrong, ...totals.unexplained];
  for (const problem of problems.slice(0, 20)) process.stdout.write(`  ✗ ${problem}\n`);
  return problems.length === 0 && totals.answers > 0 && all.length > 0;
}

async function run({ minutes, perSecond, svg }: Settings): Promise<boolean> {
  const platform = await startPlatform();
  try {
    const load = await startLoad(platform.url, perSecond);
    const recovery = await disturbInTurn(platform, load, performance.now() + minutes * 60_000);
    await load.stop();
    mkdirSync(dirname(svg), { recursive: true });
    writeFileSync(svg, drawHistogram('Recovery after a disturbed service is left alone', recovery));
    return report(load.totals, recovery);
  } finally {
    await platform.stop();
  }
}

const settings = readSettings();
if (!settings) process.stdout.write(help);
else process.exitCode = (await run(settings)) ? 0 : 1;
