import { isDeepStrictEqual } from 'node:util';
import { describe, expect, test } from '@jest/globals';
import { parse, validate } from 'graphql';
import { canary, makeMonolith } from './guarded-shop.ts';
import { identities, trees } from './guarded-rules.ts';
import { createRandom, makeOperation } from './random-operation.ts';
import { composeShop, createGateway, createMonolith } from './two-shops.ts';

// CI has the machine to itself; elsewhere a sample keeps `npm test` short.
const count = Number(
  process.env['AUTHORIZATION_OPERATIONS'] ?? (process.env['CI'] ? 10_200 : 1_200),
);
const seed = Number(process.env['AUTHORIZATION_SEED'] ?? 1);

describe(`rules at the gateway and graphql-shield in a monolith, seed ${seed}`, () => {
  const shop = composeShop();

  test.each(trees.map((tree, at) => [at, tree] as const))(
    'say the same of random operations under tree %i',
    async (at, tree) => {
      const monolith = createMonolith(tree);
      const gateway = createGateway(tree, shop);
      const schema = makeMonolith();
      const share = Math.ceil(count / trees.length);
      let compared = 0;
      let denied = 0;
      for (let number = 0; compared < share; number += 1) {
        const own = seed * 1_000_003 + at * 500_009 + number;
        const random = createRandom(own);
        const operation = makeOperation(schema, random);
        if (validate(schema, parse(operation.text)).length > 0) continue;
        // The same operation for several callers: plans are kept by what was taken out, never by who asked.
        for (const identity of identities.filter(() => random() < 0.7)) {
          const { text: _whole, ...expected } = await monolith(operation, identity);
          const { text: _answer, ...actual } = await gateway(operation, identity);
          if (!isDeepStrictEqual(actual, expected)) {
            const told = { seed: own, ...operation, identity: identity.subject };
            expect({ ...told, ...actual }).toEqual({ ...told, ...expected });
          }
          compared += 1;
          if (expected.errors.length > 0) denied += 1;
          expect(JSON.stringify(actual.errors)).not.toContain(canary);
        }
      }
      // A generator that meets no rule would prove nothing.
      expect(denied).toBeGreaterThan(share / 5);
    },
    300_000,
  );
});
