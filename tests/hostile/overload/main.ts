import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { drawOverload } from './draw-overload.ts';
import { runOverload, type OverloadResult } from './overload-run.ts';

const help = `Sends a gateway far more requests than it can answer (open loop), and draws what it does with them. Fails when
one is lost, a refusal takes long, an accepted request takes over five seconds, or it is not normal again after five.

  npm run overload                        1,500 a second for ten seconds, a subgraph of 300 ms
  npm run overload -- --rate 3000         more
  npm run overload -- --seconds 30        longer
  npm run overload -- --subgraph-ms 0     what limits is the gateway itself
  npm run overload -- --svg FILE          where the picture goes (default docs/overload.svg)
  npm run overload -- --help              this text
`;

const bounds = { shedMs: 100, answeredMs: 5_000, recoveryMs: 5_000 };

function readArguments() {
  const { values } = parseArgs({
    options: {
      rate: { type: 'string', default: '1500' },
      seconds: { type: 'string', default: '10' },
      'subgraph-ms': { type: 'string', default: '300' },
      svg: { type: 'string', default: join(import.meta.dirname, '../../../../docs/overload.svg') },
      help: { type: 'boolean', default: false },
    },
  });
  const numbers = [values.rate, values.seconds, values['subgraph-ms']].map(Number);
  const [overloadRate = NaN, overloadSeconds = NaN, subgraphMs = NaN] = numbers;
  if (!(overloadRate > 0 && overloadSeconds > 0 && subgraphMs >= 0)) {
    throw new Error('--rate, --seconds and --subgraph-ms take numbers');
  }
  return { overloadRate, overloadSeconds, subgraphMs, svg: values.svg, help: values.help };
}

function describe(result: OverloadResult): string {
  return `
answered          ${result.answered}, p50 ${result.answeredP50Ms} ms, p99 ${result.answeredP99Ms} ms
refused (503)     ${result.shed}, p50 ${result.shedP50Ms} ms, p99 ${result.shedP99Ms} ms
lost              ${result.lost.length}
normal again      after ${result.recoveryMs} ms
client            its own event loop was late by ${result.clientDelayP99Ms} ms (p99): part of every time above
health probes     ${result.probes}, ${result.probeFailures} failed, slowest ${result.slowestProbeMs} ms
`;
}

const { svg, help: wantsHelp, ...options } = readArguments();
if (wantsHelp) process.stdout.write(help);
else {
  const result = await runOverload({
    ...options,
    settings: { overload: {} },
    normalRate: 100,
    normalSeconds: 5,
  });
  const title = `${options.overloadRate} requests a second for ${options.overloadSeconds} s, a subgraph of ${options.subgraphMs} ms`;
  writeFileSync(svg, drawOverload(title, result));
  process.stdout.write(describe(result));
  for (const problem of result.lost.slice(0, 10)) process.stdout.write(`  ✗ ${problem}\n`);
  const isGood =
    result.lost.length === 0 &&
    result.shedP99Ms < bounds.shedMs + result.clientDelayP99Ms &&
    result.answeredP99Ms < bounds.answeredMs &&
    result.recoveryMs < bounds.recoveryMs &&
    result.probeFailures === 0;
  process.exitCode = isGood ? 0 : 1;
}
