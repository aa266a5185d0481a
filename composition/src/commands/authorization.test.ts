import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { composeServices } from '@apollo/composition';
import { parse } from 'graphql';
import type { DescribedField } from '../authorization/inspect.ts';
import { runCommandLine } from '../cli.ts';
import { createFakeTerminal } from '../testing/fake-terminal.ts';
import { createTemporaryFolder, type TemporaryFolder } from '../testing/temporary-folder.ts';

const link = `extend schema @link(url: "https://specs.apollo.dev/federation/v2.8",
  import: ["@key", "@external", "@requires", "@provides", "@shareable"])`;

const subgraphs = {
  people: `${link}
    type Query { people(email: String, where: PersonFilter, sort: PersonOrder, state: State): [Person!]  found: [Found] named: [Named] }
    input PersonFilter { and: [PersonFilter!]  salaryGt: Int }
    enum PersonOrder { RANK_ASC }
    enum State { NOTE }
    union Found = Person | Place
    interface Named { name: String }
    type Place { town: String }
    type Person implements Named @key(fields: "id") @key(fields: "code") {
      id: ID!  code: String  name: String  email: String!  salary: Int  rank: Int  note: String  cost: Int @shareable }`,
  bonuses: `${link}
    type Query { best: Person @provides(fields: "cost") }
    type Person @key(fields: "id") { id: ID!  salary: Int @external  bonus: Int @requires(fields: "salary")  cost: Int @external }`,
};

const { supergraphSdl = '' } = composeServices(
  Object.entries(subgraphs).map(([name, sdl]) => ({
    name,
    url: `http://${name}.invalid`,
    typeDefs: parse(sdl),
  })),
);

function field(coordinate: string, given: Partial<DescribedField> = {}): DescribedField {
  const isOpen = given.rule === undefined;
  const rest = { type: 'String', isNonNull: false, decided: 'before planning' } as const;
  return { ...rest, coordinate, rule: 'none', origin: isOpen ? 'none' : 'own', isOpen, ...given };
}

const open = ['Person.id', 'Person.bonus', 'Place.town', 'Query.people'].map((each) => field(each));

/** Stands for the gateway, which tells the rules of a graph. */
const gatewayPackage =
  '{"name":"@trellis/gateway","type":"module","exports":{"./inspect-authorization":"./inspect.js"}}';

describe('trellis authorization', () => {
  let folder: TemporaryFolder;

  beforeEach(async () => {
    folder = await createTemporaryFolder({
      'supergraph.graphql': supergraphSdl,
      'node_modules/@trellis/gateway/package.json': gatewayPackage,
    });
  });
  afterEach(() => folder.remove());

  async function tell(...fields: DescribedField[]): Promise<void> {
    const told = JSON.stringify({ permissions: 'permissions.js', fields });
    const script = `console.log(${JSON.stringify(told)});`;
    await folder.write('node_modules/@trellis/gateway/inspect.js', script);
  }

  async function run(...args: string[]): Promise<{ code: number; out: string; err: string }> {
    const terminal = createFakeTerminal({ cwd: folder.path, env: process.env });
    const code = await runCommandLine(['authorization', ...args], terminal);
    return { code, out: terminal.outText(), err: terminal.errText() };
  }

  async function codes(...args: string[]): Promise<string[]> {
    const { out } = await run('report', '--check', '--format', 'json', ...args);
    const { problems } = JSON.parse(out) as {
      problems: { code: string; coordinate: string; severity: string }[];
    };
    return problems.map(({ code, coordinate, severity }) => `${severity} ${code} ${coordinate}`);
  }

  test('lists every field with its rule, and how many have one', async () => {
    await tell(...open, field('Person.note', { rule: 'isSelf', decided: 'object by object' }));
    const { code, out } = await run('report');
    expect(code).toBe(0);
    expect(out).toContain('1 of 5 fields has a rule (20 %)');
    expect(out).toMatch(/Person\.note +String +isSelf +own +object by object/);
    expect((await run('report', '--no-fields')).out).not.toContain('Place.town');
    expect((await run('report', '--format', 'markdown')).out).toContain('| Person.note |');
  });

  test('fails in a check without a snapshot, and passes once it is written', async () => {
    await tell(...open);
    const missing = await run('report', '--check');
    expect([missing.code, missing.err]).toEqual([3, expect.stringContaining('--write')]);
    expect((await run('report', '--write')).code).toBe(0);
    expect((await run('report', '--check')).code).toBe(0);
  });

  test('fails on a new field without a rule, and on every other difference from the snapshot', async () => {
    await tell(
      ...open,
      field('Person.note', { rule: 'isSelf' }),
      field('Person.rank', { rule: 'a' }),
    );
    await run('report', '--write');
    await tell(
      ...open.slice(1),
      field('Person.note'),
      field('Person.rank', { rule: 'b' }),
      field('Person.fresh'),
      field('Person.guarded', { rule: 'a' }),
    );
    const differences = (await codes()).filter((each) => !each.includes('PROTECTED'));
    expect(differences).toEqual([
      'error RULE_REMOVED Person.note',
      'error RULE_CHANGED Person.rank',
      'error FIELD_WITHOUT_RULE Person.fresh',
      'error RULE_ADDED Person.guarded',
      'error FIELD_GONE Person.id',
    ]);
    expect((await run('report', '--check')).code).toBe(1);
  });

  test.each([
    ['a field that must not be null', 'email', 'RULE_ON_NON_NULL_FIELD', { isNonNull: true }],
    ['an argument of its name', 'email', 'PROTECTED_THROUGH_ARGUMENT', {}],
    ['a filter of its name', 'salary', 'PROTECTED_THROUGH_ARGUMENT', {}],
    ['an order by it', 'rank', 'PROTECTED_THROUGH_ARGUMENT', {}],
    ['an interface', 'name', 'PROTECTED_THROUGH_INTERFACE', {}],
    ['a union', 'note', 'PROTECTED_THROUGH_UNION', {}],
    ['@requires', 'salary', 'PROTECTED_THROUGH_REQUIRES', {}],
    ['@provides', 'cost', 'PROTECTED_THROUGH_PROVIDES', {}],
    ['a key', 'code', 'PROTECTED_KEY', {}],
  ])('finds %s', async (_way, name, code, given) => {
    const fields = [...open, field(`Person.${name}`, { rule: 'isSelf', ...given })];
    await tell(...fields);
    await run('report', '--write');
    expect(await codes()).toContain(`error ${code} Person.${name}`);
  });

  test('finds nothing in values that only look alike, or in a field that requires under the same rule', async () => {
    await tell(
      ...open.filter(({ coordinate }) => coordinate !== 'Person.bonus'),
      field('Person.note', { rule: 'isSelf' }),
      field('Person.salary', { rule: 'isSelf' }),
      field('Person.bonus', { rule: 'isSelf' }),
    );
    await run('report', '--write');
    const found = await codes();
    expect(found.filter((each) => each.includes('ARGUMENT'))).toEqual([
      'error PROTECTED_THROUGH_ARGUMENT Person.salary',
    ]);
    expect(found.join()).not.toContain('REQUIRES');
  });

  test('takes findings that are accepted with a reason as notes, and fails on those that accept nothing', async () => {
    await tell(...open, field('Person.note', { rule: 'isSelf' }));
    await run('report', '--write');
    const entry = (code: string): string =>
      `  - code: ${code}\n    coordinate: 'Person.*'\n    reason: it is meant to be so\n`;
    await folder.write('ok.yaml', `accepted:\n${entry('PROTECTED_THROUGH_UNION')}`);
    expect(await codes('--accepted', 'ok.yaml')).toEqual([
      'info PROTECTED_THROUGH_UNION Person.note',
    ]);
    await folder.write(
      'old.yaml',
      `accepted:\n${entry('PROTECTED_THROUGH_UNION')}${entry('PROTECTED_KEY')}`,
    );
    expect(await codes('--accepted', 'old.yaml')).toContain('error ACCEPTED_UNUSED Person.*');
    await folder.write('bad.yaml', 'accepted: [{ code: A, coordinate: B }]');
    expect((await run('report', '--accepted', 'bad.yaml')).code).toBe(3);
  });

  test('names file and line of a finding in SARIF', async () => {
    await tell(...open, field('Person.note', { rule: 'isSelf' }));
    const { out } = await run('report', '--format', 'sarif');
    const { runs } = JSON.parse(out) as {
      runs: {
        results: { locations: { physicalLocation: { region: { startLine: number } } }[] }[];
      }[];
    };
    const line = runs[0]?.results[0]?.locations[0]?.physicalLocation.region.startLine ?? 0;
    expect(supergraphSdl.split('\n')[line - 1]).toContain('note: String');
  });

  test('says in the words of the gateway what is wrong with rules', async () => {
    await folder.write(
      'node_modules/@trellis/gateway/inspect.js',
      `process.stderr.write('rules name "Nobody"\\n'); process.exitCode = 3;`,
    );
    const { code, err } = await run('report');
    expect([code, err]).toEqual([3, 'trellis: rules name "Nobody"\n']);
  });

  test('explains an operation for a caller', async () => {
    await folder.write(
      'node_modules/@trellis/gateway/inspect.js',
      `const [verb, ...args] = process.argv.slice(2);
       const named = args.filter((each) => each.startsWith('--')).join(' ');
       console.log(JSON.stringify({ text: verb + ' ' + named + '\\n', fields: [] }));`,
    );
    await folder.write('a.graphql', '{ __typename }');
    const { code, out } = await run('explain', '--operation', 'a.graphql', '--as', 'a.json');
    expect([code, out]).toEqual([0, 'explain --supergraph --operation --as\n']);
    expect((await run('explain')).code).toBe(2);
  });
});
