import { execFileSync, spawnSync } from 'node:child_process';
import {
  chmodSync,
  cpSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { parse } from 'yaml';

interface Step {
  readonly name: string;
  readonly run: string;
  readonly env: Readonly<Record<string, string>>;
}

interface Action {
  readonly inputs: Readonly<Record<string, { readonly default: string }>>;
  readonly runs: { readonly steps: readonly Step[] };
}

const root = join(import.meta.dirname, '../..');
const action = parse(readFileSync(join(root, 'action.yml'), 'utf8')) as Action;

/** The one command that needs GitHub: it keeps what it would send. */
const fakeGh = `#!/usr/bin/env bash
printf '%s\n' "$@" >> "$GH_CALLS"
`;

/** Finds the command as npx does, in a tenth of its time. */
const fastNpx = `#!/usr/bin/env bash
shift
exec "node_modules/.bin/$1" "\${@:2}"
`;

const link =
  'extend schema @link(url: "https://specs.apollo.dev/federation/v2.9", import: ["@key", "@authenticated", "@listSize"])\n';
const users = `${link}type Query { me: User @authenticated }\ntype User @key(fields: "id") { id: ID! name: String nick: String }\n`;
const orders = `${link}type Query { orders: [Order!]! }\ntype Order { id: ID! total: Int! buyer: User! }\ntype User @key(fields: "id", resolvable: false) { id: ID! }\n`;
const page = 'query Page { orders { total buyer { id nick } } }\n';

let home: string;
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'trellis action '));
  mkdirSync(join(home, 'bin'));
  addCommand('gh', fakeGh);
});
afterEach(() => rmSync(home, { recursive: true, force: true }));

function addCommand(name: string, script: string): void {
  writeFileSync(join(home, 'bin', name), script);
  chmodSync(join(home, 'bin', name), 0o755);
}

function write(folder: string, files: Readonly<Record<string, string>>): void {
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(dirname(join(home, folder, name)), { recursive: true });
    writeFileSync(join(home, folder, name), text);
  }
}

function git(folder: string, ...args: string[]): string {
  const identity = ['-c', 'user.name=test', '-c', 'user.email=test@example.com'];
  return execFileSync('git', [...identity, ...args], { cwd: join(home, folder), encoding: 'utf8' });
}

function trellis(folder: string, ...args: string[]): void {
  const bin = join(root, 'composition/bin/trellis.js');
  execFileSync(process.execPath, [bin, ...args], { cwd: join(home, folder), stdio: 'pipe' });
}

/** What `npm ci` would have done. */
function install(folder: string): void {
  const bin = join(home, folder, 'node_modules/.bin');
  mkdirSync(bin, { recursive: true });
  symlinkSync(join(root, 'composition/bin/trellis.js'), join(bin, 'trellis'));
}

interface ActionRun {
  readonly said: string;
  readonly summary: string;
  readonly comment: string;
  readonly passed: boolean;
}

/** Runs the steps of action.yml as they stand, with what GitHub would put into their environment. */
function runAction(
  folder: string,
  inputs: Readonly<Record<string, string>>,
  baseRef: string,
): ActionRun {
  const outputs = new Map<string, string>();
  const files = {
    out: join(home, 'output'),
    summary: join(home, 'step-summary'),
    gh: join(home, 'gh-calls'),
  };
  for (const file of Object.values(files)) writeFileSync(file, '');
  const evaluate = (expression: string): string => {
    const [scope = '', ...path] = expression.split('.');
    if (scope === 'inputs')
      return inputs[path[0] ?? ''] ?? action.inputs[path[0] ?? '']?.default ?? '';
    if (scope === 'steps') return outputs.get(path[2] ?? '') ?? '';
    const github: Record<string, string> = { base_ref: baseRef, repository: 'shop/graph' };
    return github[path.join('.')] ?? (expression.endsWith('number') ? '7' : 'token');
  };
  let said = '';
  let status = 0;
  for (const step of action.runs.steps) {
    const env = Object.fromEntries(
      Object.entries(step.env).map(([name, value]) => [
        name,
        value.replace(/\$\{\{\s*(.+?)\s*\}\}/g, (_all, expression: string) => evaluate(expression)),
      ]),
    );
    const run = spawnSync('bash', ['-e', '-o', 'pipefail', '-c', step.run], {
      cwd: join(home, folder),
      encoding: 'utf8',
      env: {
        ...env,
        HOME: home,
        PATH: `${join(home, 'bin')}${delimiter}${dirname(process.execPath)}${delimiter}${process.env['PATH'] ?? ''}`,
        RUNNER_TEMP: home,
        GITHUB_OUTPUT: files.out,
        GITHUB_STEP_SUMMARY: files.summary,
        GH_CALLS: files.gh,
      },
    });
    said += run.stdout + run.stderr;
    status = run.status ?? 99;
    for (const line of readFileSync(files.out, 'utf8').split('\n')) {
      const at = line.indexOf('=');
      if (at > 0) outputs.set(line.slice(0, at), line.slice(at + 1));
    }
  }
  expect(readFileSync(files.gh, 'utf8')).toContain('repos/shop/graph/issues/7/comments');
  const comment = readFileSync(join(home, 'trellis-summary.md.comment'), 'utf8');
  return { said, comment, passed: status === 0, summary: readFileSync(files.summary, 'utf8') };
}

describe('the steps of the GitHub action, with real git and trellis', () => {
  test('check a pull request of a monorepo against the branch it goes to', () => {
    const yaml = ['users', 'orders'].map(
      (name) =>
        `  ${name}: { routing_url: "http://${name}", schema: { file: ./${name}/schema.graphql } }\n`,
    );
    write('origin', {
      'supergraph.yaml': `subgraphs:\n${yaml.join('')}`,
      'trellis.yaml': 'operations: [operations]\n',
      'users/schema.graphql': users,
      'orders/schema.graphql': orders,
      'operations/page.graphql': page,
      'operations/names.graphql': 'query Names { orders { buyer { id name } } }\n',
    });
    trellis('origin', 'supergraph', 'compose', '--output', 'supergraph.graphql');
    git('origin', 'init', '--quiet', '--initial-branch', 'main');
    git('origin', 'add', '.');
    git('origin', 'commit', '--quiet', '-m', 'The graph');
    // As the checkout of GitHub: the last commit only.
    git('.', 'clone', '--quiet', '--depth', '1', `file://${join(home, 'origin')}`, 'clone');
    install('clone');

    write('clone', {
      'orders/schema.graphql': orders.replace('total: Int!', 'total: Int! note: String'),
    });
    const safe = runAction('clone', {}, 'main');
    addCommand('npx', fastNpx);
    expect(safe.passed).toBe(true);
    expect(safe.comment).toContain('### ✅ trellis supergraph check');
    expect(safe.comment).toContain('2 subgraphs composed');

    write('clone', {
      'users/schema.graphql': users.replace(' nick: String', '').replace(' @authenticated }', ' }'),
    });
    const longer = orders.replace('[Order!]! }', '[Order!]! @listSize(assumedSize: 50) }');
    write('clone', { 'orders/schema.graphql': longer });
    const { passed, said, summary, comment } = runAction('clone', { lint: 'false' }, 'main');
    expect(passed).toBe(false);
    expect(said).toMatch(/^::error file=users\/schema\.graphql,line=3,.*FIELD_REMOVED/m);
    expect(comment).toBe(`<!-- trellis check -->\n${summary}`);
    expect(summary).toContain('### ❌ trellis supergraph check');
    expect(summary).toContain('2 subgraphs composed; changes against');
    expect(summary).toMatch(
      /\| `FIELD_REMOVED` \| Field 'nick' was removed.*`users\/schema\.graphql:3` \|/,
    );
    expect(summary).toMatch(
      /\*\*Plans that changed\*\*[^*]*\| Names \| 2 \| 2 \| 1 \| \d+ → \d+ \|/,
    );
    expect(summary).toMatch(
      /\*\*Affected operations\*\*[^*]*\| Page \| operations\/page\.graphql:1 \|.*User\.nick \(breaking\)/,
    );
    expect(summary).toMatch(
      /\*\*Authorization by directive.*\*\*[^*]*\| newly open \| +\| Query\.me \|/,
    );
  }, 60_000);

  test('check one service of many repositories against what the others published', () => {
    // What a job publishes after each merge: every schema, supergraph.yaml and what they compose to.
    const yaml = ['users', 'orders'].map(
      (name) =>
        `  ${name}: { routing_url: "http://${name}", schema: { file: ./schemas/${name}.graphql } }\n`,
    );
    write('artifact', {
      'supergraph.yaml': `subgraphs:\n${yaml.join('')}`,
      'schemas/users.graphql': users,
      'schemas/orders.graphql': orders,
    });
    trellis('artifact', 'supergraph', 'compose', '--output', 'supergraph.graphql');
    addCommand('npx', fastNpx);
    // The repository of one service, with the artifact downloaded into it.
    write('service', {
      'schema.graphql': orders.replace('buyer: User!', 'buyer: User! buyers: [User!]!'),
      'operations/page.graphql': 'query Page { orders { total buyer { id } } }\n',
    });
    install('service');
    cpSync(join(home, 'artifact'), join(home, 'service/graph'), { recursive: true });
    const inputs = {
      config: 'graph/supergraph.yaml',
      against: 'graph/supergraph.graphql',
      schema: 'orders=schema.graphql',
      operations: 'operations',
      lint: 'false',
    };
    const good = runAction('service', inputs, 'main');
    expect(good.passed).toBe(true);
    expect(good.summary).toContain("Field 'buyers' was added");

    write('service', { 'schema.graphql': orders.replace('total: Int!', 'totals: Int!') });
    const bad = runAction('service', inputs, 'main');
    expect(bad.passed).toBe(false);
    expect(bad.said).toMatch(/^::error file=schema\.graphql,line=3,/m);
    expect(bad.summary).toContain('Order.total (breaking)');

    // What happens after the merge.
    cpSync(join(home, 'service/schema.graphql'), join(home, 'artifact/schemas/orders.graphql'));
    trellis('artifact', 'supergraph', 'compose', '--output', 'supergraph.graphql');
    expect(readFileSync(join(home, 'artifact/supergraph.graphql'), 'utf8')).toContain(
      'totals: Int!',
    );
  }, 60_000);
});
