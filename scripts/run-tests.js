// `npm test`: all tests, and once more, alone, those of the few files that failed. What is wrong fails again and stays a
// failure; what only lost a race on a crowded machine passes, and is named at the end so that somebody mends it.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';

/** More than these failed for a reason. */
const mostRepeatedFiles = 3;

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const folder = mkdtempSync(join(tmpdir(), 'trellis-tests-'));
try {
  process.exitCode = runTests();
} finally {
  rmSync(folder, { recursive: true });
}

/** @returns the exit status */
function runTests() {
  const first = runJest('first', process.argv.slice(2));
  if (first.status === 0 || first.failed.length === 0) return first.status;
  if (first.failed.length > mostRepeatedFiles) return first.status;
  process.stdout.write(`\nOnce more, alone: ${first.failed.join(', ')}\n`);
  const second = runJest('second', ['--runInBand', '--runTestsByPath', ...first.failed]);
  if (second.status === 0) {
    process.stdout.write(`\nPassed only when run alone: ${first.failed.join(', ')}\n`);
  }
  return second.status;
}

/** @returns the exit status, and the files that failed; none when no results were written */
function runJest(name, parameters) {
  const results = join(folder, `${name}.json`);
  const jest = ['--experimental-vm-modules', '--disable-warning=ExperimentalWarning'];
  const { status } = spawnSync(
    process.execPath,
    [...jest, 'node_modules/jest/bin/jest.js', '--json', '--outputFile', results, ...parameters],
    { cwd: root, stdio: 'inherit' },
  );
  return { status: status ?? 1, failed: listFailed(results) };
}

function listFailed(results) {
  try {
    const { testResults } = JSON.parse(readFileSync(results, 'utf8'));
    return testResults
      .filter(({ status }) => status === 'failed')
      .map((file) => relative(root, file.name));
  } catch {
    return [];
  }
}
