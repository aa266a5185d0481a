import { readdirSync, readFileSync } from 'node:fs';
import type { Contestant } from '../contestants/contestant.ts';
import { contestants } from '../contestants/contestants.ts';
import { ours } from '../contestants/trellis.ts';
import { runClosedLoop } from '../load/closed-loop.ts';
import { checkAnswers } from '../measure/check-answer.ts';
import { assertTwoCores, loadCore, pinProcess } from '../measure/pin.ts';
import { RunningGateway } from '../measure/running-gateway.ts';
import { setStage, type Stage } from '../measure/setting.ts';
import { startCollector } from '../measure/start-collector.ts';
import { readOptions, type Options } from '../options.ts';
import { figure } from '../report/format.ts';
import { requestsOf, type Workload } from '../workloads.ts';

/**
 * `npm run pairs -- --contestants defaults,bare-transport --workloads w3-identity --rounds 30 --seconds 0.3`: CPU time per request
 * of processes that run side by side and are loaded in turns, in bursts. What else the machine does meets all of them alike, so
 * that differences of one percent are seen where whole rounds differ by ten. Two processes of one contestant differ by some
 * percent, too: name it twice (`defaults,defaults,tracing,tracing`) to see by how much. `BENCH_OTHER` names the main.js of
 * another build of the gateway, which is then the contestant `other`.
 */
const collector = await startCollector();
// Reads where the collector is when it is loaded.
const { costContestants } = await import('../contestants/cost-contestants.ts');
const other = process.env['BENCH_OTHER'];
const options = readOptions(process.argv.slice(2), [
  ...costContestants,
  ...contestants,
  ...(other === undefined ? [] : [ours('other', `the gateway in ${other}`, {}, other)]),
]);
if (options !== undefined) {
  assertTwoCores();
  pinProcess(process.pid, loadCore);
  const stage = await setStage(options);
  try {
    for (const workload of options.workloads) await comparePairs(workload, options, stage);
  } finally {
    stage.close();
  }
}
collector.stop();

interface Runner {
  readonly contestant: Contestant;
  readonly gateway: RunningGateway;
  readonly setting: Stage & { readonly workload: Workload };
  readonly bodyBytes: number;
  readonly microseconds: number[];
}

async function comparePairs(workload: Workload, options: Options, stage: Stage): Promise<void> {
  const runners: Runner[] = [];
  try {
    for (const [at, contestant] of options.contestants.entries()) {
      const setting = { ...stage, workload, port: stage.port + at };
      const gateway = await RunningGateway.start(contestant, setting, options.nodeFlags);
      const check = await checkAnswers(gateway.url, workload);
      if (!check.right) throw new Error(`${contestant.name}: ${check.reason}`);
      const { bodyBytes } = check;
      const runner: Runner = { contestant, gateway, setting, bodyBytes, microseconds: [] };
      runners.push(runner);
      await burst(runner, options, options.warmUpSeconds);
    }
    for (let round = 0; round < options.rounds; round += 1) {
      // In both directions, so that nobody is always the one after another.
      const order = round % 2 === 0 ? runners : runners.toReversed();
      for (const runner of order) {
        const microseconds = await burst(runner, options, options.seconds);
        runner.microseconds.push(microseconds);
      }
    }
    report(workload, runners);
  } finally {
    for (const { gateway } of runners) await gateway.stop();
  }
}

/** @returns CPU time per request, in microseconds */
async function burst(runner: Runner, { connections }: Options, seconds: number): Promise<number> {
  const { gateway, contestant, setting, bodyBytes } = runner;
  let cpuMs = 0;
  const { completed, errors, firstError } = await runClosedLoop({
    port: setting.port,
    connections,
    seconds,
    warmUpSeconds: 0.05,
    request: requestsOf(setting.workload, contestant.path),
    expectedBodyBytes: bodyBytes,
    onWindow(edge) {
      const nowMs = runOnCpuMs(gateway.pid);
      cpuMs = edge === 'start' ? nowMs : nowMs - cpuMs;
    },
  });
  if (errors > 0) throw new Error(`${contestant.name}: ${errors} errors, such as ${firstError}`);
  return (1000 * cpuMs) / completed;
}

/** CPU time of all threads of a process so far, to the microsecond (proc_pid_stat(5) counts in hundredths of a second). */
function runOnCpuMs(pid: number): number {
  const folder = `/proc/${pid}/task`;
  return readdirSync(folder).reduce((total, thread) => {
    const [nanoseconds] = readFileSync(`${folder}/${thread}/schedstat`, 'utf8').split(' ');
    return total + Number(nanoseconds) / 1e6;
  }, 0);
}

function report(workload: Workload, runners: readonly Runner[]): void {
  const [first] = runners;
  console.log(`\n${workload.title}`);
  for (const { contestant, microseconds } of runners) {
    const ratios = microseconds.map((each, round) => each / (first?.microseconds[round] ?? NaN));
    const [low, middle, high] = [25, 50, 75].map((share) => quantile(ratios, share));
    console.log(
      `${contestant.title}: ${figure(quantile(microseconds, 50))} µs of CPU per request, best ${figure(Math.min(...microseconds))}; ` +
        `${percent(middle)} against the first (middle half of pairs: ${percent(low)} to ${percent(high)})`,
    );
  }
}

function quantile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((one, another) => one - another);
  return sorted[Math.min(sorted.length - 1, Math.floor((sorted.length * share) / 100))] ?? NaN;
}

function percent(ratio: number | undefined): string {
  const change = 100 * ((ratio ?? NaN) - 1);
  return `${change < 0 ? '' : '+'}${change.toFixed(1)} %`;
}
