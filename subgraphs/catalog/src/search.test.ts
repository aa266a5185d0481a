import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { startTestSubgraph, type TestSubgraph } from '@trellis/kit/testing';
import fc from 'fast-check';
import { catalog } from './subgraph.ts';
import type { Tables } from './tables.ts';

let subgraph: TestSubgraph<Tables>;
beforeAll(async () => {
  subgraph = await startTestSubgraph(catalog);
});
afterAll(() => subgraph.stop());

const query = `query ($text: String!, $first: Int, $after: String) {
  search(text: $text, first: $first, after: $after) {
    totalCount
    nodes { __typename ... on Product { name description } ... on Category { slug } }
    edges { cursor node { ... on Product { id } ... on Category { id } } }
    pageInfo { hasNextPage endCursor }
  }
}`;

async function search(text: string, first = 100, after: string | null = null) {
  const { data, errors } = await subgraph.ask({ query, variables: { text, first, after } });
  expect(errors).toBeUndefined();
  return data.search;
}

interface Found {
  readonly __typename: string;
  readonly name?: string;
  readonly description?: string;
}

describe('Query.search', () => {
  test('finds products and categories together, what it is called before what is said of it', async () => {
    const { nodes, totalCount } = await search('kitchen');
    expect(nodes[0]).toEqual({ __typename: 'Category', slug: 'kitchen' });
    expect(totalCount).toBeGreaterThan(
      nodes.filter((node: Found) => node.name === undefined).length,
    );
    for (const { name = '', description = 'kitchen' } of nodes) {
      expect(`${name} ${description}`).toMatch(/kitchen/i);
    }
    const headphones = await search('HEADPHONES', 1);
    expect(headphones.nodes).toEqual([{ __typename: 'Category', slug: 'headphones' }]);
    const lamps = await search('reading lamp');
    expect(lamps.nodes[0].name).toMatch(/Reading Lamp/);
  });

  test('compares stems, and the last word by its beginning', async () => {
    const { totalCount } = await search('lamp');
    expect(totalCount).toBeGreaterThan(50);
    expect((await search('lamps')).totalCount).toBe(totalCount);
    expect((await search('lam')).totalCount).toBeGreaterThanOrEqual(totalCount);
    const { nodes } = await search('pan');
    expect(nodes[0].name).toMatch(/ Pan$/);
    expect(nodes.some(({ name = '' }: Found) => name.endsWith(' Pannier'))).toBe(true);
  });

  test('understands quotes, or and minus', async () => {
    const { nodes } = await search('lamp -reading');
    expect(nodes.length).toBeGreaterThan(10);
    expect(nodes.some(({ name = '' }: Found) => /Reading/.test(name))).toBe(false);
    const either = await search('tripod or tarp', 0);
    const tripods = await search('tripod', 0);
    const tarps = await search('tarp', 0);
    expect(either.totalCount).toBe(tripods.totalCount + tarps.totalCount);
  });

  test('walks through all matches, each once, in the order of one large page', async () => {
    const whole = await search('wool');
    const ids: string[] = [];
    let after: string | null = null;
    do {
      const { edges, pageInfo } = await search('wool', 7, after);
      ids.push(...edges.map(({ node }: { node: { id: string } }) => node.id));
      after = pageInfo.hasNextPage ? pageInfo.endCursor : null;
    } while (after !== null);
    expect(new Set(ids).size).toBe(whole.totalCount);
    expect(ids.slice(0, 100)).toEqual(
      whole.edges.map(({ node }: { node: { id: string } }) => node.id),
    );
  });

  test('says what is wrong with a text that finds nothing for sure', async () => {
    for (const [text, message] of [
      ['  ', /blank/],
      ['a'.repeat(201), /201 characters/],
    ] as const) {
      const { errors } = await subgraph.ask({ query, variables: { text } });
      expect(errors?.[0]?.message).toMatch(message);
      expect(errors?.[0]?.extensions?.['code']).toBe('BAD_USER_INPUT');
    }
    expect((await search('the')).totalCount).toBe(0);
  });

  test('takes any text, however odd', async () => {
    const text = fc
      .array(
        fc.constantFrom(
          'lamp',
          '"',
          '-',
          '(',
          ')',
          '|',
          '&',
          '!',
          ':*',
          "'",
          '\\',
          ' or ',
          '\0',
          '<->',
          'ß',
          '%',
        ),
        {
          minLength: 1,
          maxLength: 12,
        },
      )
      .map((parts) => `a${parts.join('')}`);
    await fc.assert(
      fc.asyncProperty(text, async (odd) => {
        const { nodes, totalCount } = await search(odd, 5);
        expect(nodes.length).toBe(Math.min(5, totalCount));
      }),
      { numRuns: 60 },
    );
  });
});
