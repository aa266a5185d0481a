import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { runCommandLine } from '../cli.ts';
import { createFakeTerminal } from '../testing/fake-terminal.ts';
import { createTemporaryFolder, type TemporaryFolder } from '../testing/temporary-folder.ts';

const header =
  'extend schema @link(url: "https://specs.apollo.dev/federation/v2.9", import: ["@key", "@shareable", "@external", "@requires", "@listSize"])\n';
const catalog = `${header}type Query {
  product(id: ID!): Product
  products(first: Int = 10): [Product!]! @listSize(slicingArguments: ["first"])
}
type Product @key(fields: "id") {
  id: ID!
  name: String
  oldName: String
  rating: Float @shareable
  size: Size
}
enum Size { S M L }
`;
const reviews = `${header}type Product @key(fields: "id") {
  id: ID!
  reviews: [Review!]!
}
type Review {
  stars: Int!
}
`;
const yaml = `subgraphs:
  catalog: { routing_url: "http://catalog", schema: { file: ./catalog.graphql } }
  reviews: { routing_url: "http://reviews", schema: { file: ./reviews.graphql } }
`;

describe('trellis supergraph check', () => {
  let folder: TemporaryFolder;

  beforeEach(async () => {
    folder = await createTemporaryFolder({
      'supergraph.yaml': yaml,
      'catalog.graphql': catalog,
      'reviews.graphql': reviews,
      'operations/page.graphql':
        'query Page($id: ID!) { product(id: $id) { name rating ...Stars } }\n',
      'operations/stars.graphql': 'fragment Stars on Product { reviews { stars } size }\n',
    });
    await trellis('supergraph', 'compose', '--output', 'supergraph.graphql');
  });

  afterEach(() => folder.remove());

  const trellis = async (...args: string[]) => {
    const terminal = createFakeTerminal({ cwd: folder.path });
    const exitCode = await runCommandLine(args, terminal);
    return { exitCode, out: terminal.outText(), err: terminal.errText() };
  };
  const check = (...args: string[]) => trellis('supergraph', 'check', ...args);
  const withoutOldName = catalog.replace('  oldName: String\n', '');

  test('passes when nothing changed', async () => {
    const { exitCode, out } = await check('--operations', 'operations');
    expect(out).toContain(
      'passed; 2 subgraphs composed; changes against supergraph.graphql: 0 breaking, 0 dangerous, 0 safe; 1 known operation',
    );
    expect(exitCode).toBe(0);
  });

  test('a removed field is breaking when no operations are known', async () => {
    await folder.write('catalog.graphql', withoutOldName);
    const { exitCode, out } = await check();
    expect(exitCode).toBe(1);
    expect(out).toContain(
      "error FIELD_REMOVED Field 'oldName' was removed from object type 'Product'",
    );
  });

  test('a removed field that no known operation asks for passes', async () => {
    await folder.write('catalog.graphql', withoutOldName);
    const { exitCode, out } = await check('--operations', 'operations');
    expect(out).toContain('No known operation uses it.');
    expect(exitCode).toBe(0);
  });

  test('a removed field that an operation asks for through a fragment of another file fails and names it', async () => {
    await folder.write('reviews.graphql', reviews.replace('stars: Int!', 'points: Int!'));
    const { exitCode, out } = await check('--operations', 'operations');
    expect(exitCode).toBe(1);
    expect(out).toContain('Used by 1 known operation: Page (operations/page.graphql).');
    expect(out).toContain('→ reviews.graphql:6:1 (subgraph reviews)');
  });

  test('an enum value is used by whoever asks for a field of the enum', async () => {
    await folder.write('catalog.graphql', catalog.replace('S M L', 'S M'));
    const { exitCode, out } = await check('--operations', 'operations');
    expect(out).toContain('ENUM_VALUE_REMOVED');
    expect(exitCode).toBe(1);
  });

  test('an argument that becomes required breaks who does not send it', async () => {
    await folder.write('catalog.graphql', catalog.replace('first: Int = 10', 'first: Int!'));
    await folder.write('operations/list.graphql', 'query List { products { id } }\n');
    const { exitCode, out } = await check('--operations', 'operations', '--no-plans');
    expect(exitCode).toBe(1);
    expect(out).toContain('error OPERATION_BROKEN Operation List no longer fits the API: ');
    expect(out).toContain('operations/list.graphql:1:1');
  });

  test('a directive is used by whoever writes it', async () => {
    const sdl = 'directive @shout(loud: Boolean) on FIELD\n';
    await folder.write('catalog.graphql', catalog + sdl);
    await folder.write('reviews.graphql', reviews + sdl);
    await trellis('supergraph', 'compose', '--output', 'supergraph.graphql');
    await folder.write('catalog.graphql', catalog);
    await folder.write('reviews.graphql', reviews);
    await folder.write('operations/page.graphql', 'query Page { products { id @shout } }\n');
    const { exitCode, out } = await check('--operations', 'operations', '--no-plans');
    expect(out).toMatch(/error DIRECTIVE_REMOVED .*\n +Used by 1 known operation: Page/);
    expect(exitCode).toBe(1);
  });

  test('the usage log decides by date: what nobody asked for in the last days may go', async () => {
    await folder.write('catalog.graphql', withoutOldName);
    const entry = (daysAgo: number): string =>
      `${JSON.stringify({ time: new Date(Date.now() - daysAgo * 86_400_000), document: '{ product(id: "1") { oldName } }', client: 'ios' })}\n`;
    await folder.write('usage.jsonl', entry(40));
    expect(
      (await check('--operations', 'usage.jsonl', '--operations', 'operations')).exitCode,
    ).toBe(0);
    await folder.write('usage.jsonl', entry(40) + entry(2) + entry(1));
    const recent = await check('--operations', 'usage.jsonl');
    expect(recent.exitCode).toBe(1);
    expect(recent.out).toContain('usage.jsonl, 2×, ios');
  });

  test('says where a usage log cannot prove that nobody uses something', async () => {
    await folder.write('catalog.graphql', withoutOldName);
    const line = (daysAgo: number, more: object): string =>
      `${JSON.stringify({ time: new Date(Date.now() - daysAgo * 86_400_000), ...more })}\n`;
    const page = { document: '{ product(id: "1") { id } }' };
    await folder.write('usage.jsonl', line(3, page) + line(1, { beyond: 7 }));
    const young = await check('--operations', 'usage.jsonl');
    expect(young.exitCode).toBe(0);
    expect(young.out).toMatch(
      /warning USAGE_LOG_INCOMPLETE .* it begins on \d{4}-\d\d-\d\d, which is 3 days ago, not 30, and it only counted 7 requests beyond usage\.maxOperations/,
    );
    const strict = ['--operations', 'usage.jsonl', '--fail-on', 'USAGE_LOG_INCOMPLETE'];
    expect((await check(...strict)).exitCode).toBe(1);
    // Old enough, of several files the oldest counts, and what was only counted lies before the days asked about.
    await folder.write('usage/a.jsonl', line(40, page) + line(35, { beyond: 7 }));
    await folder.write('usage/b.jsonl', line(1, page));
    expect((await check('--operations', 'usage')).out).not.toContain('USAGE_LOG_INCOMPLETE');
    // Where nothing breaks nothing needs to be proven.
    await folder.write('catalog.graphql', catalog);
    expect((await check('--operations', 'usage.jsonl')).out).not.toContain('USAGE_LOG_INCOMPLETE');
  });

  test('reads the manifests of Apollo and of Relay', async () => {
    await folder.write('catalog.graphql', withoutOldName);
    const body = 'query Old { product(id: "1") { oldName } }';
    await folder.write(
      'apollo.json',
      JSON.stringify({ operations: [{ id: 'a1', name: 'Old', body }] }),
    );
    await folder.write('relay.json', JSON.stringify({ a1: body }));
    for (const file of ['apollo.json', 'relay.json']) {
      const { exitCode, out } = await check('--operations', file);
      expect(exitCode).toBe(1);
      expect(out).toContain(`Old (${file}#a1)`);
    }
  });

  test('an approval with reason lets a change through until it expires', async () => {
    await folder.write('catalog.graphql', withoutOldName);
    const approvals = (expires: string): string =>
      `approvals:\n  - code: FIELD_REMOVED\n    path: Product.oldName\n    reason: clients moved to name\n    expires: ${expires}\n`;
    await folder.write('approvals.yaml', approvals('2999-01-01'));
    const approved = await check('--approvals', 'approvals.yaml');
    expect(approved.out).toContain('Approved until 2999-01-01: clients moved to name');
    expect(approved.exitCode).toBe(0);
    await folder.write('approvals.yaml', approvals('2020-01-01'));
    const expired = await check('--approvals', 'approvals.yaml');
    expect(expired.out).toContain('Its approval expired on 2020-01-01.');
    expect(expired.exitCode).toBe(1);
  });

  test('an approval without a reason is refused', async () => {
    await folder.write(
      'approvals.yaml',
      'approvals: [{ code: A, path: B, expires: 2999-01-01 }]\n',
    );
    const { exitCode, err } = await check('--approvals', 'approvals.yaml');
    expect(exitCode).toBe(3);
    expect(err).toMatch(/^trellis: approvals\.yaml: approvals\.0\.reason: /);
  });

  test('a field that moves to another subgraph makes plans dearer: fails and names the cause', async () => {
    await folder.write('catalog.graphql', catalog.replace('  rating: Float @shareable\n', ''));
    await folder.write(
      'ratings.graphql',
      `${header}type Product @key(fields: "id") { id: ID! rating: Float }\n`,
    );
    await folder.write(
      'supergraph.yaml',
      `${yaml}  ratings: { routing_url: "http://ratings", schema: { file: ./ratings.graphql } }\n`,
    );
    const { exitCode, out } = await check('--operations', 'operations');
    expect(exitCode).toBe(1);
    expect(out).toContain(
      'error PLAN_COST_REGRESSION Operation Page becomes dearer: fetches 2 → 3; entity fetches 1 → 2. Because:',
    );
    expect(out).toContain('- Product.rating: no longer catalog; now ratings');
    expect(out).toContain('- new request to ratings at product for Product, wave 2');
  });

  test('a budget allows what stays within it and fails what exceeds it', async () => {
    const moved = `${header}type Product @key(fields: "id") { id: ID! rating: Float }\n`;
    await folder.write('catalog.graphql', catalog.replace('  rating: Float @shareable\n', ''));
    await folder.write('ratings.graphql', moved);
    await folder.write(
      'supergraph.yaml',
      `${yaml}  ratings: { routing_url: "http://r", schema: { file: ./ratings.graphql } }\n`,
    );
    const settings = (fetches: number): string =>
      `operations: [operations]\nbudgets: { default: { fetches: 9, waves: 9, entityFetches: 9, cost: 999 }, operations: { Page: { fetches: ${fetches} } } }\n`;
    await folder.write('trellis.yaml', settings(3));
    expect((await check()).exitCode).toBe(0);
    await folder.write('trellis.yaml', settings(2));
    const over = await check();
    expect(over.exitCode).toBe(1);
    expect(over.out).toContain('fetches 3, budget 2');
  });

  test('the cost counts lists by their slicing argument', async () => {
    await folder.write(
      'operations/page.graphql',
      'query Page { products(first: 4) { ...Stars } }\n',
    );
    const { out } = await trellis('operation', 'plan', 'operations');
    // Four products and, each, a list of unknown length: 4 × (1 + 10).
    expect(out).toContain('Page: fetches 2, waves 2, entity fetches 1, estimated cost 44');
  });

  test('a schema of one subgraph can stand in for the one supergraph.yaml names', async () => {
    await folder.write('build/catalog.graphql', withoutOldName);
    const { out } = await check('--schema', 'catalog=build/catalog.graphql');
    expect(out).toContain('FIELD_REMOVED');
  });

  test('composition errors come first and fail', async () => {
    await folder.write('reviews.graphql', reviews.replace('id: ID!', 'id: ID! name: String'));
    const { exitCode, out } = await check();
    expect(exitCode).toBe(1);
    expect(out).toContain('INVALID_FIELD_SHARING');
    expect(out).toContain('fix add @shareable at catalog.graphql:8 and reviews.graphql:3');
  });

  test('markdown has one summary with changes, plans and authorization', async () => {
    await folder.write('catalog.graphql', withoutOldName);
    const { out } = await check('--format', 'markdown');
    expect(out).toMatch(/^### ❌ trellis supergraph check\n/);
    expect(out).toContain('| `FIELD_REMOVED` |');
    expect(out).toContain('**Authorization by directive');
  });

  test('usage names who still asks for what is deprecated', async () => {
    await folder.write(
      'catalog.graphql',
      catalog.replace('oldName: String', 'oldName: String @deprecated(reason: "Use name.")'),
    );
    await trellis('supergraph', 'compose', '--output', 'supergraph.graphql');
    await folder.write(
      'usage.jsonl',
      `${JSON.stringify({ time: Date.now(), document: 'query Old { product(id: 1) { oldName } }', client: 'ios', count: 3 })}\n`,
    );
    const { out } = await trellis('operation', 'usage', '--operations', 'usage.jsonl');
    expect(out).toMatch(/Product\.oldName +Use name\. +Old 3× +ios +\d{4}-\d\d-\d\d\n/);
  });

  test('diff shows changes and fails only when asked to', async () => {
    await trellis('supergraph', 'compose', '--output', 'old.graphql');
    await folder.write('catalog.graphql', withoutOldName);
    await trellis('supergraph', 'compose', '--output', 'new.graphql');
    const shown = await trellis('supergraph', 'diff', 'old.graphql', 'new.graphql');
    expect(shown.out).toContain("Field 'oldName' was removed");
    expect(shown.exitCode).toBe(0);
    const failed = await trellis(
      'supergraph',
      'diff',
      'old.graphql',
      'new.graphql',
      '--fail-on',
      'breaking',
    );
    expect(failed.exitCode).toBe(1);
  });

  test.each([
    ['compose', '--fail-on', 'warnings'],
    ['check', '--fail-on', 'breakng'],
    ['diff', 'old.graphql', '--fail-on', 'INCONSISTENT_DESCRIPTION'],
  ])('a misspelt --fail-on is a wrong command line: supergraph %s', async (...words) => {
    const { exitCode, err } = await trellis('supergraph', ...words);
    expect(exitCode).toBe(2);
    expect(err).toContain('is invalid. expected ');
  });
});
