import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, test } from '@jest/globals';
import { runCommandLine } from '../cli.ts';
import { composeSubgraphs } from '../compose/compose-subgraphs.ts';
import { createFakeTerminal } from '../testing/fake-terminal.ts';
import { createTemporaryFolder, type TemporaryFolder } from '../testing/temporary-folder.ts';
import { renderTemplates } from './render-templates.ts';
import { serviceNames } from './service-names.ts';
import { addToReferences, addToSupergraphYaml } from './workspace.ts';

describe('names of a new service', () => {
  test.each([
    ['gift-cards', 'GiftCard', 'giftCards', 'gift_cards', 'gift-cards'],
    ['loyalty', 'Loyalty', 'loyalties', 'loyalties', 'loyalties'],
    ['boxes', 'Box', 'boxes', 'boxes', 'boxes'],
    ['categories', 'Category', 'categories', 'categories', 'categories'],
    ['address', 'Address', 'addresses', 'addresses', 'addresses'],
  ])('%s owns %s', (...row) => {
    const [name, Type, types, table, file] = row;
    expect(serviceNames(name)).toMatchObject({ name, Type, types, table, file });
  });

  test('a type can be named', () => {
    expect(serviceNames('loyalty', 'LoyaltyAccount')).toMatchObject({
      type: 'loyaltyAccount',
      table: 'loyalty_accounts',
      variable: 'loyalty',
      NAME: 'LOYALTY',
    });
  });

  test.each(['GiftCards', 'gift_cards', '-gift', '../x', ''])('%p is refused', (name) => {
    expect(() => serviceNames(name)).toThrow('a service is named in kebab-case');
  });
});

describe('files of a new service', () => {
  test('hold no placeholder, and a schema that composes', async () => {
    const files = await renderTemplates({ ...serviceNames('gift-cards'), port: '4008' });
    expect([...files.keys()]).toEqual(
      expect.arrayContaining([
        'schema.graphql',
        'package.json',
        'migrations/0001-gift-cards.up.sql',
        'migrations/0001-gift-cards.down.sql',
        'src/gift-cards-table.ts',
        'src/gift-cards.test.ts',
        'src/resolvers/GiftCard.ts',
      ]),
    );
    expect([...files.values()].filter((text) => /\{\{\w+\}\}/.test(text))).toEqual([]);
    const sdl = files.get('schema.graphql') ?? '';
    const subgraph = { name: 'gift-cards', routingUrl: 'http://a', sdl, origin: 'schema.graphql' };
    expect(composeSubgraphs([subgraph])).toMatchObject({ isComposed: true });
  });

  test('supergraph.yaml keeps its comments', () => {
    const text =
      '# ours\nsubgraphs:\n  # first\n  a:\n    routing_url: http://a # here\n    schema: { file: a.graphql }\n';
    const changed = addToSupergraphYaml(text, { name: 'gift-cards', port: 4008 });
    expect(changed).toContain(
      '# ours\nsubgraphs:\n  # first\n  a:\n    routing_url: http://a # here\n',
    );
    expect(changed).toContain('  gift-cards:\n    routing_url: http://127.0.0.1:4008/graphql\n');
    expect(changed).toContain('      command: npm start --silent -w @trellis/gift-cards\n');
  });

  test('the project reference stands behind the other subgraphs, once', () => {
    const text = JSON.stringify({ references: [{ path: 'subgraphs/a' }, { path: 'launch' }] });
    const changed = addToReferences(text, 'b');
    expect(JSON.parse(changed)).toEqual({
      references: [{ path: 'subgraphs/a' }, { path: 'subgraphs/b' }, { path: 'launch' }],
    });
    expect(addToReferences(changed, 'b')).toBe(changed);
  });
});

describe('trellis subgraph new', () => {
  let folder: TemporaryFolder;
  afterEach(() => folder.remove());

  const repository = (sdl: string): Promise<TemporaryFolder> =>
    createTemporaryFolder({
      'package.json': '{ "workspaces": ["subgraphs/*"] }',
      'node_modules/@trellis/kit/package.json': '{}',
      'supergraph.yaml':
        'subgraphs: { shop: { routing_url: "http://127.0.0.1:4001", schema: { file: subgraphs/shop/schema.graphql } } }\n',
      'subgraphs/shop/schema.graphql': sdl,
    });

  test('writes nothing when the graph would not compose with it', async () => {
    folder = await repository('type Query { a: GiftCard }\nenum GiftCard { A }\n');
    const yaml = readFileSync(join(folder.path, 'supergraph.yaml'), 'utf8');
    const terminal = createFakeTerminal({ cwd: folder.path });
    expect(await runCommandLine(['subgraph', 'new', 'gift-cards'], terminal)).toBe(1);
    expect(terminal.errText()).toContain('TYPE_KIND_MISMATCH');
    expect(terminal.errText()).toContain('is GiftCard taken? Choose another name with --type');
    expect(readdirSync(join(folder.path, 'subgraphs'))).toEqual(['shop']);
    expect(readFileSync(join(folder.path, 'supergraph.yaml'), 'utf8')).toBe(yaml);
  });

  test('refuses a name that is taken', async () => {
    folder = await repository('type Query { a: Int }\n');
    const terminal = createFakeTerminal({ cwd: folder.path });
    expect(await runCommandLine(['subgraph', 'new', 'shop'], terminal)).toBe(2);
    expect(terminal.errText()).toBe('trellis: there is a subgraph shop already\n');
  });

  test('says what a repository needs', async () => {
    folder = await repository('type Query { a: Int }\n');
    await folder.write('package.json', '{}');
    const terminal = createFakeTerminal({ cwd: folder.path });
    expect(await runCommandLine(['subgraph', 'new', 'gift-cards'], terminal)).toBe(3);
    expect(terminal.errText()).toContain('"workspaces": ["subgraphs/*"]');
  });
});
