import { isDeepStrictEqual } from 'node:util';
import { describe, expect, test } from '@jest/globals';
import { parse, validate } from 'graphql';
import { canary, makeMonolith } from './guarded-shop.ts';
import { identities, trees } from './guarded-rules.ts';
import { createRandom, makeOperation } from './random-operation.ts';
import { makeTree, type Counts } from './random-tree.ts';
import { composeShop, createGateway, createMonolith, type Ask, type Outcome } from './two-shops.ts';

// CI has the machine to itself; elsewhere a sample keeps `npm test` short.
const count = Number(
  process.env['AUTHORIZATION_OPERATIONS'] ?? (process.env['CI'] ? 10_200 : 1_200),
);
const seed = Number(process.env['AUTHORIZATION_SEED'] ?? 1);

// Trees of every construct, each with a few operations.
const treeCount = Number(process.env['AUTHORIZATION_TREES'] ?? (process.env['CI'] ? 40 : 8));
const perTree = 16;

interface Pair {
  readonly monolith: Ask;
  readonly gateway: Ask;
}

/** Asks both as several callers, and compares. Returns how many answers were compared, and how many were denied something. */
async function compare(
  { monolith, gateway }: Pair,
  own: number,
  told: { readonly tree?: number; readonly hasReasons?: boolean } = {},
): Promise<{ compared: number; denied: number }> {
  const random = createRandom(own);
  const operation = makeOperation(schema, random);
  const tally = { compared: 0, denied: 0 };
  const seen = ({ text: _text, ...outcome }: Outcome) =>
    told.hasReasons === false ? { ...outcome, errors: outcome.errors.map(withoutReason) } : outcome;
  if (validate(schema, parse(operation.text)).length > 0) return tally;
  // The same operation for several callers: plans are kept by what was taken out, never by who asked.
  for (const identity of identities.filter(() => random() < 0.7)) {
    const expected = seen(await monolith(operation, identity));
    const actual = seen(await gateway(operation, identity));
    if (!isDeepStrictEqual(actual, expected)) {
      const where = { ...told, seed: own, ...operation, identity: identity.subject };
      expect({ ...where, ...actual }).toEqual({ ...where, ...expected });
    }
    tally.compared += 1;
    if (expected.errors.length > 0) tally.denied += 1;
    expect(JSON.stringify(actual.errors)).not.toContain(canary);
  }
  return tally;
}

/** Leaves the place and the code. */
function withoutReason(error: string): string {
  return /^[^ ]* [A-Z_]+/.exec(error)?.[0] ?? error;
}

const schema = makeMonolith();

describe(`rules at the gateway and graphql-shield in a monolith, seed ${seed}`, () => {
  const shop = composeShop();

  test.each(trees.map((tree, at) => [at, tree] as const))(
    'say the same of random operations under tree %i',
    async (at, tree) => {
      const pair = { monolith: createMonolith(tree), gateway: createGateway(tree, shop) };
      const share = Math.ceil(count / trees.length);
      let compared = 0;
      let denied = 0;
      for (let number = 0; compared < share; number += 1) {
        const tally = await compare(pair, seed * 1_000_003 + at * 500_009 + number);
        compared += tally.compared;
        denied += tally.denied;
      }
      // A generator that meets no rule would prove nothing.
      expect(denied).toBeGreaterThan(share / 5);
    },
    300_000,
  );

  test('say the same under random trees of every construct', async () => {
    const counts: Counts = new Map();
    let denied = 0;
    for (let number = 0; number < treeCount; number += 1) {
      const own = seed * 7_000_003 + number * 10_007;
      const hasAnd = number % 2 === 0;
      const { tree, options } = makeTree(schema, createRandom(own), { counts, hasAnd });
      const listeners = { options };
      const monolith = createMonolith(tree, listeners);
      const gateway = createGateway(tree, shop, listeners);
      let compared = 0;
      for (let operation = 0; compared < perTree; operation += 1) {
        const tally = await compare({ monolith, gateway }, own + operation, {
          tree: own,
          hasReasons: !hasAnd,
        });
        compared += tally.compared;
        denied += tally.denied;
      }
    }
    expect(denied).toBeGreaterThan((treeCount * perTree) / 5);
    // Few trees need not hold them all.
    if (treeCount >= 40) expect([...counts.keys()].sort()).toEqual(constructs);
  }, 300_000);
});

const constructs = [
  'allow',
  'allowExternalErrors',
  'and',
  'chain',
  'contextual',
  'debug',
  'deny',
  'fallbackError Error',
  'fallbackError function',
  'fallbackError string',
  'fallbackError undefined',
  'fallbackRule',
  'inputRule',
  'key function',
  'no_cache',
  'no_cache with a fragment',
  'not',
  'not with a text',
  'not with an error',
  'or',
  'promise',
  'race',
  'rule of a type',
  'rule of all',
  'strict',
  'strict with a fragment',
  'value',
  'wildcard',
];
