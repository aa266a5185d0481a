import type { Contestant } from './contestants/contestant.ts';
import { checkAnswers } from './measure/check-answer.ts';
import { load, measureCell, type CellOutcome } from './measure/measure-cell.ts';
import { RunningGateway } from './measure/running-gateway.ts';
import type { Stage } from './measure/setting.ts';
import type { Options } from './options.ts';
import { figure } from './report/format.ts';
import { addOutcome, emptyResults, type Results } from './results.ts';
import { workloads, type WorkloadName } from './workloads.ts';

const rampConnections = [1, 5, 10, 25, 50, 100, 200, 350, 500];

/** Measures everything that was asked for, in interleaved rounds, and says on the way what it finds. */
export async function run(options: Options, stage: Stage): Promise<Results> {
  const results = emptyResults(options);
  for (let round = 1; round <= options.rounds; round += 1) {
    for (const row of results.rows) {
      if (row.wrong !== undefined) continue;
      const contestant = options.contestants.find(({ name }) => name === row.contestant);
      if (contestant === undefined) continue;
      const workload = workloads[row.workload as WorkloadName];
      const outcome = await attempt(contestant, { ...stage, workload }, options);
      addOutcome(row, outcome);
      console.log(
        `${round}/${options.rounds} ${row.workload} ${row.contestant}: ${outcomeText(outcome)}`,
      );
    }
  }
  for (const contestant of options.rampContestants)
    await ramp(contestant, { options, stage, results });
  return results;
}

/** A contestant that does not even start is not ranked; the others are still measured. */
async function attempt(
  contestant: Contestant,
  setting: Parameters<typeof measureCell>[1],
  options: Options,
): Promise<CellOutcome> {
  const { connections, seconds, warmUpSeconds, nodeFlags } = options;
  try {
    return await measureCell(contestant, setting, {
      load: { connections, seconds, warmUpSeconds },
      nodeFlags,
    });
  } catch (error) {
    return { right: false, reason: told(error) };
  }
}

/** Latency of one process as ever more connections are kept busy with unique heavy queries. */
async function ramp(
  contestant: Contestant,
  { options, stage, results }: { options: Options; stage: Stage; results: Results },
): Promise<void> {
  const setting = { ...stage, workload: workloads.w2 };
  const gateway = await RunningGateway.start(contestant, setting, options.nodeFlags);
  try {
    const check = await checkAnswers(gateway.url, setting.workload);
    if (!check.right) return console.log(`ramp ${contestant.name}: ${check.reason}`);
    for (const connections of rampConnections) {
      const shape = { connections, seconds: options.seconds, warmUpSeconds: options.warmUpSeconds };
      const cell = await load(gateway, contestant, setting, { ...shape, ...check });
      const { name, title } = contestant;
      results.ramp.push({ contestant: name, title, connections, cell });
      console.log(`ramp ${name} ${connections}: ${outcomeText({ right: true, cell })}`);
    }
  } finally {
    await gateway.stop();
  }
}

function outcomeText(outcome: CellOutcome): string {
  if (!outcome.right) return `NOT RANKED: ${outcome.reason}`;
  const { cell } = outcome;
  const failures = cell.errors === 0 ? '' : `, ${cell.errors} ERRORS (${cell.firstError ?? ''})`;
  return (
    `${figure(cell.requestsPerSecond)} rps, p50 ${figure(cell.p50Ms)} ms, p99 ${figure(cell.p99Ms)} ms, ` +
    `CPU ${figure(cell.cpuMsPerRequest)} ms, busy ${Math.round(cell.busy * 100)} %, ` +
    `${figure(cell.subgraphCallsPerRequest)} calls, ${Math.round(cell.finalMegabytes)} MB${failures}`
  );
}

function told(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return error.cause === undefined ? error.message : `${error.message} (${told(error.cause)})`;
}
