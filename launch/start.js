// What `npm start` and `npm run reset` run. Plain JavaScript of the oldest kind that still has modules, so that an
// old Node gets as far as the sentence that says what is wrong; everything else is TypeScript in src/.
import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, statSync, utimesSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
process.chdir(root);

const [major, minor] = process.versions.node.split('.').map(Number);
if (major < 20 || (major === 20 && minor < 19)) {
  fail(
    `Trellis needs Node 20.19 or newer, and this is Node ${process.versions.node}. Install a newer one, for example with: nvm install 22`,
  );
}
if (!existsSync(join(root, 'node_modules'))) {
  fail('The dependencies are not installed. Run: npm install');
}
buildIfNeeded();
const flags = process.argv.slice(2);
const isCommandNamed = flags.length > 0 && !flags[0].startsWith('-');
const command = isCommandNamed ? flags.shift() : 'start';
process.argv.splice(2, Infinity, ...flags);
await import(command === 'reset' ? './dist/reset.js' : './dist/main.js');

/** Builds when a source file is newer than what was built from it; looking takes some 10 ms. */
function buildIfNeeded() {
  const stale = listWorkspaces().filter(isStale);
  if (stale.length === 0) return;
  process.stdout.write('Building ...\n');
  const npm = process.env.npm_execpath;
  const [program, ...parameters] = npm ? [process.execPath, npm] : ['npm'];
  const result = spawnSync(program, [...parameters, 'run', 'build', '--silent'], {
    stdio: 'inherit',
    shell: !npm && process.platform === 'win32',
  });
  if (result.status !== 0) fail('The code does not compile: see the errors above.');
  // The compiler leaves its record alone when nothing that matters has changed.
  const now = new Date();
  for (const folder of stale) {
    if (existsSync(recordOf(folder))) utimesSync(recordOf(folder), now, now);
  }
}

function listWorkspaces() {
  const { references } = JSON.parse(readFileSync(join(root, 'tsconfig.json'), 'utf8'));
  return references.map(({ path }) => join(root, path)).filter((path) => existsSync(path));
}

function recordOf(folder) {
  return join(folder, 'dist', '.tsbuildinfo');
}

function isStale(folder) {
  if (!existsSync(join(folder, 'src'))) return false;
  if (!existsSync(recordOf(folder))) return true;
  const builtAt = statSync(recordOf(folder)).mtimeMs;
  const sources = readdirSync(join(folder, 'src'), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith('.ts'))
    .map((entry) => join(entry.parentPath, entry.name));
  // Beside src/ only gateway/permissions.ts is compiled.
  return [...sources, join(folder, 'permissions.ts'), join(folder, 'tsconfig.json')].some(
    (file) => existsSync(file) && statSync(file).mtimeMs > builtAt,
  );
}

function fail(message) {
  process.stderr.write(`\n${message}\n\n`);
  process.exit(1);
}
