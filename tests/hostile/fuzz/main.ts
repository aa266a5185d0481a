import { parseArgs } from 'node:util';
import { startGatewayProcess } from '../gateway-process.ts';
import { startHostileSubgraphs } from '../hostile-graph.ts';
import { Corpus } from './corpus.ts';
import { fuzz } from './fuzz.ts';

const help = `Sends mutated operations, bodies and headers to a gateway of its own and looks for crashes, stalls and
answers that are not well-formed.

Usage: npm run fuzz -- [--seconds N] [--seed N] [--server trellis|apollo] [--corpus FILE]

  --seconds N  how long                    (default 60)
  --seed N     what the requests follow from (default: the time)
  --server S   what answers HTTP            (default trellis)
  --corpus F   keeps the shortest request for each kind of answer in this file

Exits with 1 when something was found. Each finding is written as the request that caused it.
`;

const { values } = parseArgs({
  options: {
    seconds: { type: 'string', default: '60' },
    seed: { type: 'string', default: String(Date.now() % 1_000_000_000) },
    server: { type: 'string', default: 'trellis' },
    corpus: { type: 'string' },
    help: { type: 'boolean', short: 'h', default: false },
  },
});
if (values.help) {
  process.stdout.write(help);
  process.exit(0);
}
const { server } = values;
const seed = Number(values.seed);
const subgraphs = await startHostileSubgraphs({ server });
const gateway = await startGatewayProcess(subgraphs);
const corpus = values.corpus === undefined ? undefined : Corpus.read(values.corpus);
process.stdout.write(`seed ${seed}, ${values.seconds} s, server ${server}\n`);
const { requests, findings, statuses, longestBlockMs, longestWaitMs } = await fuzz(gateway, {
  seed,
  durationMs: Number(values.seconds) * 1_000,
  maxAnswerMs: 10_000,
  // Apollo Server parses, validates and writes everything once more.
  maxBlockMs: server === 'apollo' ? 300 : 100,
  ...(corpus ? { onAnswer: (request, answer) => corpus.note(request, answer) } : {}),
});
if (values.corpus !== undefined) corpus?.write(values.corpus);
for (const { problem, request } of findings.slice(0, 20)) {
  process.stdout.write(`${problem}\n  ${JSON.stringify(request).slice(0, 2_000)}\n`);
}
if (gateway.exit()) process.stdout.write(`${gateway.lastLines().join('\n')}\n`);
const counts = [...statuses]
  .sort(([a], [b]) => a - b)
  .map(([status, count]) => `${count} times ${status}`);
process.stdout.write(
  `${requests} requests (${counts.join(', ')}); longest work in one piece ${Math.round(longestBlockMs)} ms, longest wait of another client ${Math.round(longestWaitMs)} ms; ${findings.length} findings\n`,
);
await gateway.stop();
await subgraphs.stop();
process.exitCode = findings.length === 0 ? 0 : 1;
