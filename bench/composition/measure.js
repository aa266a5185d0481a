// Measures the command line as people run it: a cold process for each figure, median of several runs.
//
//   node bench/composition/measure.js             our graph and the synthetic one; writes results.json beside this file
//   node bench/composition/measure.js --runs 2    at most so many runs of each
//   node bench/composition/measure.js --profile   also says in which packages the time of the synthetic check goes

import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { parseArgs } from 'node:util';
import { makeGraph } from './make-graph.js';

const here = dirname(fileURLToPath(import.meta.url));
const root = resolve(here, '../..');
const trellis = join(root, 'composition/bin/trellis.js');
const size = { subgraphs: 50, types: 2000, operations: 1000 };
const { values: given } = parseArgs({
  options: { runs: { type: 'string', default: '7' }, profile: { type: 'boolean', default: false } },
});
const work = mkdtempSync(join(tmpdir(), 'trellis-bench-'));

const results = {
  date: new Date().toISOString(),
  node: process.version,
  cores: availableParallelism(),
  size,
  figures: {},
};
measureOwnGraph();
measureSynthetic();
if (given.profile) results.profileMs = profile();
writeFileSync(join(here, 'results.json'), `${JSON.stringify(results, undefined, 2)}\n`);
rmSync(work, { recursive: true });

function measureOwnGraph() {
  const operations = join(root, 'tests/operations');
  const known = existsSync(operations) ? ['--operations', operations] : [];
  figure('help', root, ['--help'], { runs: 7 });
  figure('own: compose', root, ['supergraph', 'compose', '--output', join(work, 'own.graphql')], {
    runs: 5,
  });
  figure('own: check', root, ['supergraph', 'check', ...known], { runs: 5 });
}

function measureSynthetic() {
  makeGraph(work, size);
  figure('synthetic: compose', work, ['supergraph', 'compose', '--output', 'supergraph.graphql'], {
    runs: 3,
  });
  // The proposed change moves nothing but takes one field away, so that every step of the check has work.
  const text = readFileSync(join(work, 's0.graphql'), 'utf8');
  writeFileSync(join(work, 's0.graphql'), text.replace('  f7: Int\n', ''));
  figure('synthetic: check', work, ['supergraph', 'check', '--no-plans'], {
    runs: 3,
    allowed: [0, 1],
  });
  figure(
    'synthetic: check with 1,000 operations',
    work,
    ['supergraph', 'check', '--operations', 'operations', '--no-plans'],
    { runs: 3, allowed: [0, 1] },
  );
  figure(
    'synthetic: check with 1,000 operations and plans',
    work,
    ['supergraph', 'check', '--operations', 'operations'],
    { runs: 3, allowed: [0, 1] },
  );
}

function figure(name, cwd, args, { runs: wanted, allowed = [0] }) {
  const runs = Math.min(wanted, Number(given.runs));
  const samples = [];
  for (let index = 0; index < runs; index += 1) samples.push(once(cwd, args, allowed));
  const median = (key) =>
    Math.round(samples.map((sample) => sample[key]).sort((a, b) => a - b)[runs >> 1]);
  results.figures[name] = {
    wallMs: median('wallMs'),
    cpuMs: median('cpuMs'),
    maxRssMb: median('maxRssMb'),
    runs,
  };
  const { wallMs, cpuMs, maxRssMb } = results.figures[name];
  process.stdout.write(
    `${name.padEnd(52)} ${String(wallMs).padStart(7)} ms  cpu ${String(cpuMs).padStart(7)} ms  peak ${maxRssMb} MB\n`,
  );
}

function once(cwd, args, allowed) {
  const usageFile = join(work, 'usage.json');
  const startedAt = performance.now();
  const note = pathToFileURL(join(here, 'note-usage.js')).href;
  const { status, stderr } = spawnSync(process.execPath, ['--import', note, trellis, ...args], {
    cwd,
    env: { ...process.env, USAGE_FILE: usageFile },
    encoding: 'utf8',
    maxBuffer: 1 << 28,
  });
  const wallMs = performance.now() - startedAt;
  if (!allowed.includes(status))
    throw new Error(`trellis ${args.join(' ')} ended with ${status}: ${stderr}`);
  return { wallMs, ...JSON.parse(readFileSync(usageFile, 'utf8')) };
}

/** Sums the samples of a CPU profile by package: where the time of the whole check goes. */
function profile() {
  const folder = join(work, 'profile');
  spawnSync(
    process.execPath,
    [
      '--cpu-prof',
      `--cpu-prof-dir=${folder}`,
      trellis,
      'supergraph',
      'check',
      '--operations',
      'operations',
    ],
    { cwd: work, maxBuffer: 1 << 28 },
  );
  const [file] = readdirSync(folder);
  const { nodes, samples, timeDeltas } = JSON.parse(readFileSync(join(folder, file), 'utf8'));
  const byId = new Map(nodes.map((node) => [node.id, node]));
  const totals = new Map();
  samples.forEach((id, index) => {
    const name = packageOf(byId.get(id).callFrame);
    totals.set(name, (totals.get(name) ?? 0) + timeDeltas[index] / 1000);
  });
  const longest = [...totals].sort((a, b) => b[1] - a[1]).slice(0, 12);
  for (const [name, ms] of longest) {
    process.stdout.write(`${String(Math.round(ms)).padStart(7)} ms  ${name}\n`);
  }
  return Object.fromEntries(longest.map(([name, ms]) => [name, Math.round(ms)]));
}

function packageOf({ url, functionName }) {
  const match = /node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(url);
  if (match) return match[1];
  if (url.includes('/composition/dist/'))
    return `composition/${url.split('/composition/dist/')[1]}`;
  return url === '' ? functionName : 'node';
}
