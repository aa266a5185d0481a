import { describe, expect, test } from '@jest/globals';
import { type Import, listSources, readImports } from './read-imports.ts';

const services = ['accounts', 'catalog', 'inventory', 'orders', 'payments', 'reviews', 'shipping'];

/** Who may import whom (CONTRIBUTING.md, "Directions"). What is not named here is forbidden. */
const allowedWorkspaces: Readonly<Record<string, readonly string[]>> = {
  platform: [],
  composition: ['@trellis/platform'],
  gateway: ['@trellis/platform'],
  'subgraphs/kit': ['@trellis/platform'],
  launch: ['@trellis/platform', '@trellis/kit'],
  ...Object.fromEntries(
    services.map((name) => [`subgraphs/${name}`, ['@trellis/platform', '@trellis/kit']]),
  ),
};

/** Inside the gateway steps do not import each other, but for these (docs/decisions, design of the walk). */
const allowedSteps: Readonly<Record<string, readonly string[]>> = {
  authentication: [],
  authorization: ['operation', 'planning'],
  execution: ['planning', 'authorization', 'transport'],
  explain: ['execution'],
  http: [],
  operation: [],
  planning: ['operation'],
  supergraph: ['execution', 'planning'],
  telemetry: [],
  transport: [],
};

const isTest = (file: string): boolean => file.endsWith('.test.ts') || file.includes('/testing/');
const describeImport = ({ from, specifier }: Import): string => `${from} imports ${specifier}`;

describe('imports between workspaces', () => {
  test.each(Object.entries(allowedWorkspaces))('%s imports only %j', (workspace, allowed) => {
    const imports = readImports(listSources(`${workspace}/src`));
    const own = `@trellis/${workspace.split('/').at(-1)}/`;
    const wrong = imports.filter(({ to }) => {
      if (to.startsWith('@trellis/')) {
        return !to.startsWith(own) && !allowed.some((name) => to.startsWith(`${name}/`));
      }
      const isPath = to.includes('/') && !to.startsWith('@') && to.endsWith('.ts');
      return isPath && !to.startsWith(`${workspace}/`);
    });
    expect(imports.length).toBeGreaterThan(0);
    expect(wrong.map(describeImport)).toEqual([]);
  });

  test('tests go through public entry points', () => {
    const imports = readImports(listSources('tests'));
    const wrong = imports.filter(({ to }) => to.endsWith('.ts') && !to.startsWith('tests/'));
    expect(wrong.map(describeImport)).toEqual([]);
  });
});

describe('imports inside the gateway', () => {
  const stepOf = (path: string): string | undefined =>
    /^gateway\/src\/([^/]+)\/[^/]/.exec(path)?.[1];

  test('steps do not import each other, but for the named exceptions', () => {
    const imports = readImports(listSources('gateway/src').filter((file) => !isTest(file)));
    const wrong = imports.filter(({ from, to, isTypeOnly }) => {
      const source = stepOf(from);
      const target = stepOf(to);
      if (source === undefined || target === undefined || source === target) return false;
      if (isTypeOnly || source === 'use') return false;
      return !(allowedSteps[source] ?? []).includes(target);
    });
    expect(wrong.map(describeImport)).toEqual([]);
  });
});

describe('imports inside a service', () => {
  test.each(services)('in %s resolvers hold no SQL and tables know no GraphQL', (service) => {
    const imports = readImports(
      listSources(`subgraphs/${service}/src`).filter((file) => !isTest(file)),
    );
    const wrong = imports.filter(({ from, to }) => {
      if (from.includes('/resolvers/')) return to === 'kysely' || to === 'pg';
      if (from.endsWith('-table.ts')) return to === 'graphql' || to.includes('/resolvers');
      return false;
    });
    expect(imports.length).toBeGreaterThan(0);
    expect(wrong.map(describeImport)).toEqual([]);
  });
});
