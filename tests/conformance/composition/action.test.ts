import { spawnSync } from 'node:child_process';
import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { parse } from 'yaml';

interface Action {
  inputs: Record<string, { default: string }>;
  runs: { steps: { name: string; run: string }[] };
}

const file = join(import.meta.dirname, '../../../action.yml');
const action = parse(readFileSync(file, 'utf8')) as Action;

/** Writes down how it was called; `trellis` writes the report it is asked for and ends as `EXIT` says. */
const fakeNpx = `#!/usr/bin/env bash
printf '%s\\n' "$@" '--' >> "$CALLS"
for argument in "$@"; do case "$argument" in markdown=*) echo '### summary' > "\${argument#markdown=}";; esac; done
[ "$3" = --version ] && exit 0
[ "$4" = check ] && exit "\${EXIT:-0}"
exit 0
`;
const fakeGh = `#!/usr/bin/env bash
printf '%s\\n' "$@" '--' >> "$CALLS"
[ "$2" = --paginate ] && echo "\${OWN_COMMENT:-}"
exit 0
`;

describe('the GitHub action', () => {
  let folder: string;

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'trellis-action-'));
    for (const [name, text] of Object.entries({
      npx: fakeNpx,
      gh: fakeGh,
      git: '#!/usr/bin/env bash\necho "git $*" >> "$CALLS"\n',
    })) {
      writeFileSync(join(folder, name), text);
      chmodSync(join(folder, name), 0o755);
    }
    for (const name of ['calls', 'output', 'step-summary']) writeFileSync(join(folder, name), '');
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  const runStep = (name: string, env: Record<string, string> = {}) => {
    const step = action.runs.steps.find((candidate) => candidate.name === name);
    return spawnSync('bash', ['-e', '-c', step?.run ?? 'exit 99'], {
      cwd: folder,
      encoding: 'utf8',
      env: {
        PATH: `${folder}${delimiter}${process.env['PATH'] ?? ''}`,
        CALLS: join(folder, 'calls'),
        RUNNER_TEMP: folder,
        GITHUB_OUTPUT: join(folder, 'output'),
        GITHUB_STEP_SUMMARY: join(folder, 'step-summary'),
        CONFIG: 'supergraph.yaml',
        AGAINST: '',
        SCHEMA: '',
        OPERATIONS: '',
        FAIL_ON: '',
        LINT: 'true',
        BASE_REF: '',
        ...env,
      },
    });
  };
  const read = (name: string): string => readFileSync(join(folder, name), 'utf8');

  test('checks against the branch that the pull request goes to, and keeps the summary', () => {
    expect(runStep('Check', { BASE_REF: 'main' }).status).toBe(0);
    const calls = read('calls');
    expect(calls).toContain('git fetch --quiet --depth=1 origin main\n');
    expect(calls).toContain(
      'supergraph\ncheck\n--config\nsupergraph.yaml\n--against\ngit:FETCH_HEAD\n--format\ngithub\n',
    );
    expect(calls).toContain('subgraph\nlint\n');
    expect(read('step-summary')).toBe('### summary\n');
    expect(read('output')).toContain('status=0\npassed=true\n');
  });

  test('a failing check fails the last step, after the comment', () => {
    expect(runStep('Check', { EXIT: '1' }).status).toBe(0);
    expect(read('output')).toContain('status=1\npassed=false\n');
    expect(runStep('Result', { STATUS: '1' }).status).toBe(1);
    expect(runStep('Result', { STATUS: '0' }).status).toBe(0);
  });

  test('takes one value a line and runs none of them', () => {
    runStep('Check', {
      OPERATIONS: 'a b.graphql\n$(touch hacked)',
      FAIL_ON: 'dangerous\n',
      SCHEMA: 'orders=o.graphql',
    });
    expect(read('calls')).toContain(
      '--schema\norders=o.graphql\n--operations\na b.graphql\n--operations\n$(touch hacked)\n--fail-on\ndangerous\n',
    );
    expect(() => read('hacked')).toThrow();
  });

  test('every input reaches a script by environment, none inside its text', () => {
    for (const { run } of action.runs.steps) expect(run).not.toContain('${{');
  });

  test('writes one comment, and the next time changes it', () => {
    writeFileSync(join(folder, 'summary.md'), '### summary\n');
    const env = { SUMMARY: join(folder, 'summary.md'), REPOSITORY: 'shop/graph', NUMBER: '7' };
    expect(runStep('Comment', env).status).toBe(0);
    expect(read('calls')).toContain('POST\nrepos/shop/graph/issues/7/comments\n');
    expect(read('summary.md.comment')).toBe('<!-- trellis check -->\n### summary\n');
    runStep('Comment', { ...env, OWN_COMMENT: '42' });
    expect(read('calls')).toContain('PATCH\nrepos/shop/graph/issues/comments/42\n');
  });
});
