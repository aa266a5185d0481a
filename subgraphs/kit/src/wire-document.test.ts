import { describe, expect, test } from '@jest/globals';
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { createIdentitySigner, createIdentityVerifier } from '@trellis/platform/identity';
import { makeWireKey } from '@trellis/platform/wire-keys';
import { wireHeaders } from '@trellis/platform/wire-headers';

const page = readFileSync(new URL('../../../docs/wire.md', import.meta.url), 'utf8');
const secret = '0123456789abcdef0123456789abcdef';
const key = makeWireKey(secret);
const noon = Date.parse('2026-03-01T12:00:00Z');
const header = /^v1\.\S+$/m.exec(page)?.[0] ?? '';
const claims = JSON.parse(/```json\n(\{\s+"kind"[^]*?)```/.exec(page)?.[1] ?? '{}') as Record<
  string,
  unknown
>;

const caller = {
  kind: 'user',
  subject: 'usr_ada',
  roles: ['SUPPORT'],
  scopes: ['orders:read'],
  attributes: { region: 'EU_NORTH' },
} as const;

describe('docs/wire.md', () => {
  test('shows the header that the gateway writes and the kit reads', () => {
    expect(createIdentitySigner(key, () => noon)(caller, 'orders')).toBe(header);
    expect(createIdentityVerifier([key], 'orders', () => noon)(header)).toEqual(caller);
    expect(claims).toMatchObject({ sub: 'usr_ada', aud: 'orders', exp: 1772366480 });
  });

  test('is right about where and when the example is worth nothing', () => {
    const at = (audience: string, moment: string) => () =>
      createIdentityVerifier([key], audience, () => Date.parse(moment))(header);
    expect(at('orders', '2026-03-01T12:01:20Z')).not.toThrow();
    expect(at('orders', '2026-03-01T12:01:21Z')).toThrow('expired');
    expect(at('payments', '2026-03-01T12:00:00Z')).toThrow('another subgraph');
  });

  test('names every header of the wire', () => {
    for (const name of Object.values(wireHeaders)) expect(page).toContain(`\`${name}\``);
  });

  const python = spawnSync('python3', ['--version']).status === 0;
  const title = 'gives Python code that reads the header as we do';
  (python ? test : test.skip)(python ? title : `${title} (python3 is not installed)`, () => {
    const code = /```python\n([^]*?)```/.exec(page)?.[1] ?? '';
    const check = (text: string, subgraph: string, now: number) =>
      spawnSync(
        'python3',
        [
          '-c',
          `${code}\nimport sys\nprint(json.dumps(read_identity(sys.argv[1], ["another", "${secret}"], "${subgraph}", lambda: ${now})))`,
          text,
        ],
        { encoding: 'utf8' },
      );
    const accepted = check(header, 'orders', noon / 1000);
    expect(JSON.parse(accepted.stdout)).toEqual(claims);
    for (const refused of [
      check(header, 'payments', noon / 1000),
      check(header, 'orders', noon / 1000 + 3_600),
      check(
        `${header.slice(0, 60)}${header[60] === 'A' ? 'B' : 'A'}${header.slice(61)}`,
        'orders',
        noon / 1000,
      ),
    ]) {
      expect(refused.stderr).toContain('ValueError');
    }
  });
});
