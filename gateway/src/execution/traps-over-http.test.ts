import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import {
  startTestGateway,
  type TestBody,
  type TestGateway,
} from '../testing/start-test-gateway.ts';
import { composeTestSupergraph } from '../testing/test-subgraphs.ts';
import { startLiar, type Liar } from './testing/liar.ts';

const link = `extend schema @link(url: "https://specs.apollo.dev/federation/v2.9",
  import: ["@key", "@external", "@requires", "@shareable", "@interfaceObject", "@inaccessible"])`;

/** What is not written by hand here stands as the subgraphs say it, byte for byte. */
const people = `${link}
  scalar Anything
  type Query { me: Person all: [Being!] either: Either count: Int sizes: [Int!] any: Anything none: None big: Float }
  interface Being @key(fields: "id") { id: ID! name: String }
  interface None @key(fields: "id") { id: ID! }
  type Person implements Being @key(fields: "id") {
    id: ID! name: String plan: String bio: String age: Int isNew: Boolean any: Anything @shareable
    price(currency: String!): Int spot: Spot @shareable
  }
  type Ghost implements Being @key(fields: "id") @inaccessible { id: ID! name: String }
  type Pet { sound: String } type Toy { sound: String! }
  union Either = Pet | Toy
  type Spot @shareable { x: Int any: Anything }`;

const shop = `${link}
  scalar Anything
  type Person @key(fields: "id") {
    id: ID! plan: String @external price(currency: String!): Int @external any: Anything @shareable
    discount: Int @requires(fields: "plan")
    euros: Int @requires(fields: "price(currency: \\"EUR\\")")
    dollars: Int @requires(fields: "price(currency: \\"USD\\")")
    cards: [Card!] card: Card!
  }
  type None @key(fields: "id") @interfaceObject { id: ID! extra: Int }
  type Card { last: Int number: ID }
`;

describe.each(['trellis', 'apollo'] as const)(
  'lies of subgraphs, over HTTP, server %s',
  (server) => {
    let liars: { readonly people: Liar; readonly shop: Liar };
    let gateway: TestGateway;

    beforeAll(async () => {
      liars = { people: await startLiar('people', people), shop: await startLiar('shop', shop) };
      const sdl = composeTestSupergraph([liars.people, liars.shop]);
      gateway = await startTestGateway(sdl, { settings: { server } });
    });
    beforeEach(() => {
      for (const liar of [liars.people, liars.shop]) {
        liar.bodies.length = 0;
        liar.say = () => '{"data":{}}';
      }
    });
    afterAll(async () => {
      await gateway.stop();
      await Promise.all([liars.people.stop(), liars.shop.stop()]);
    });

    async function ask(query: string): Promise<{ readonly text: string; readonly body: TestBody }> {
      const { text, json } = await gateway.ask({ query });
      return { text, body: json ?? {} };
    }
    const says = (text: string) => (): string => text;

    test.each([
      // Forged inputs: every name a client can give, and those that engines give.
      ['{ me { plan: bio discount } }', '{"plan":"gold","discount":1}'],
      [
        '{ me { ... on Person { plan: bio } ...F } } fragment F on Person { discount }',
        '{"plan":"gold","discount":1}',
      ],
      [
        '{ me { t_plan: bio t_t_plan: name discount v_0: bio __alias_0: bio } }',
        '{"t_plan":"gold","t_t_plan":"Ada","discount":1,"v_0":"gold","__alias_0":"gold"}',
      ],
      [
        '{ me { id: bio __typename: name discount } }',
        '{"id":"gold","__typename":"Ada","discount":1}',
      ],
      [
        '{ me { _rule_plan: bio representations: bio _entities: bio discount } }',
        '{"_rule_plan":"gold","representations":"gold","_entities":"gold","discount":1}',
      ],
    ])('%s sends what the subgraph said, under no name of the client', async (query, expected) => {
      liars.people.say = ({ query: asked }) =>
        answerNames(asked, { name: 'Ada', bio: 'gold', plan: 'basic' });
      liars.shop.say = ({ query: asked }) =>
        `{"data":{"_entities":[${answerFields(asked, { discount: 1 })}]}}`;
      const { body } = await ask(query);
      expect(body).toEqual({ data: { me: JSON.parse(expected) as unknown } });
      const { variables } = JSON.parse(liars.shop.bodies[0] ?? '') as {
        variables: { representations: unknown };
      };
      expect(variables.representations).toEqual([{ __typename: 'Person', id: '1', plan: 'basic' }]);
    });

    function answerNames(asked: string, values: Readonly<Record<string, unknown>>): string {
      return `{"data":{"me":${answerFields(asked, { ...values, id: '1', __typename: 'Person' })}}}`;
    }

    /** Every selection of the request, under its name there. */
    function answerFields(asked: string, values: Readonly<Record<string, unknown>>): string {
      const found: Record<string, unknown> = {};
      for (const [, alias, name = ''] of asked.matchAll(/(?:(\w+) ?: ?)?(\w+)/g)) {
        if (name in values) found[alias ?? name] = values[name];
      }
      return JSON.stringify(found);
    }

    test.each([
      ['{ any }', '{"any":9007199254740993}', /"any":"?9007199254740993"?[},]/],
      ['{ any }', '{"any":{"deep":[-123456789012345678901]}}', /-123456789012345678901/],
      ['{ any }', '{"any":"9007199254740993"}', /"any":"9007199254740993"/],
      [
        '{ me { id } }',
        '{"me":{"__typename":"Person","id":9007199254740993}}',
        /"id":"9007199254740993"/,
      ],
      ['{ any }', '{"any":{"__proto__":{"polluted":1},"kept":2}}', /"any":\{"kept":2\}/],
      ['{ any }', '{"any":{"\\u005f_proto__":{"polluted":1},"kept":2}}', /"any":\{"kept":2\}/],
      [
        '{ any }',
        '{"any":{"constructor":{"prototype":1}}}',
        /"any":\{"constructor":\{"prototype":1\}\}/,
      ],
      ['{ any }', '{"any":0}', /"any":0/],
      ['{ any }', '{"any":""}', /"any":""/],
      ['{ any }', '{"any":false}', /"any":false/],
      ['{ any }', '{"any":[[],{},null]}', /"any":\[\[\],\{\},null\]/],
      ['{ count }', '{"count":1.0}', /"count":1[},]/],
      ['{ count }', '{"count":-2147483648}', /"count":-2147483648/],
      ['{ big }', '{"big":1e300}', /"big":1e\+?300/],
    ])('%s answers %s as it came', async (query, data, expected) => {
      liars.people.say = says(`{"data":${data}}`);
      const { text, body } = await ask(query);
      expect(text).toMatch(expected);
      expect(body.errors).toBeUndefined();
      expect(({} as { polluted?: unknown }).polluted).toBeUndefined();
    });

    test.each([
      ['{ count }', '{"count":2147483648}'],
      ['{ count }', '{"count":-2147483649}'],
      ['{ count }', '{"count":1e10}'],
      ['{ count }', '{"count":9007199254740993}'],
      ['{ count }', '{"count":1.5}'],
      ['{ count }', '{"count":"1"}'],
      ['{ count }', '{"count":true}'],
      ['{ count }', '{"count":[1]}'],
      ['{ sizes }', '{"sizes":1}'],
      ['{ sizes }', '{"sizes":{"0":1}}'],
      ['{ sizes }', '{"sizes":[1,2147483648]}'],
      ['{ me { name } }', '{"me":[{"name":"x"}]}'],
      ['{ me { name } }', '{"me":"x"}'],
      ['{ either { __typename } }', '{"either":{"__typename":"Person"}}'],
      ['{ either { __typename } }', '{"either":{"__typename":"__proto__"}}'],
      ['{ either { __typename } }', '{"either":{"__typename":5}}'],
      ['{ either { __typename } }', '{"either":{"__typename":["Pet"]}}'],
      ['{ either { __typename } }', '{"either":{}}'],
      ['{ all { __typename id } }', '{"all":[{"__typename":"Being","id":"1"}]}'],
    ])('%s answered with %s is null, with an error at its place', async (query, data) => {
      liars.people.say = says(`{"data":${data}}`);
      const { body } = await ask(query);
      const [field = ''] = Object.keys(JSON.parse(data) as object);
      expect(body.data).toEqual({ [field]: null });
      expect(body.errors).toHaveLength(1);
      expect(body.errors?.[0]?.path?.[0]).toBe(field);
      expect(body.errors?.[0]?.extensions?.['code']).toBe('SUBGRAPH_MALFORMED_RESPONSE');
      expect(JSON.stringify(body.errors)).not.toContain('2147483648');
    });

    test('an object of an inaccessible type is null and its name stands nowhere', async () => {
      liars.people.say = says('{"data":{"all":[{"__typename":"Ghost","id":"1","name":"Boo"}]}}');
      const { text } = await ask('{ all { __typename name } }');
      expect(text).not.toContain('Ghost');
      expect(text).not.toContain('Boo');
    });

    test('0, false and "" survive names that the planner gives', async () => {
      liars.people.say = says(
        '{"data":{"either":{"__typename":"Toy","sound":"","t_s":"","__alias_0":"","sound__alias_0":""}}}',
      );
      const { body } = await ask('{ either { ... on Pet { sound } ... on Toy { s: sound } } }');
      expect(body).toEqual({ data: { either: { s: '' } } });
      liars.people.say = ({ query }) => answerNames(query, { age: 0, isNew: false, name: '' });
      const renamed = await ask('{ me { a: age b: isNew c: name } }');
      expect(renamed.body).toEqual({ data: { me: { a: 0, b: false, c: '' } } });
    });

    test('a key beyond 2^53 reaches the next subgraph digit by digit', async () => {
      liars.people.say = says('{"data":{"me":{"__typename":"Person","id":9007199254740993}}}');
      liars.shop.say = says('{"data":{"_entities":[{"cards":[{"last":1}]}]}}');
      const { body } = await ask('{ me { cards { last } } }');
      expect(body).toEqual({ data: { me: { cards: [{ last: 1 }] } } });
      expect(liars.shop.bodies[0]).toMatch(/"id":"?9007199254740993"?/);
    });

    test('fields that require one field with two arguments are each told their own', async () => {
      const prices = { EUR: 9, USD: 10 };
      liars.people.say = ({ query }) => {
        const found: Record<string, unknown> = { __typename: 'Person', id: '1' };
        for (const [, alias, currency] of query.matchAll(
          /(?:(\w+) ?: ?)?price ?\(currency ?: ?"(\w+)"\)/g,
        )) {
          found[alias ?? 'price'] = prices[currency as 'EUR'] ?? 7;
        }
        return JSON.stringify({ data: { me: found } });
      };
      liars.shop.say = ({ variables, query }) => {
        const entities: Record<string, unknown> = {};
        for (const [name, list] of Object.entries(variables)) {
          const alias = new RegExp(
            String.raw`(\w+) ?: ?_entities ?\(representations ?: ?\$${name}\b`,
          ).exec(query)?.[1];
          entities[alias ?? '_entities'] = (list as { price: number }[]).map(({ price }) => ({
            euros: price * 100,
            dollars: price * 100,
          }));
        }
        return JSON.stringify({ data: entities });
      };
      const { body } = await ask('{ me { euros price: price(currency: "JPY") dollars } }');
      expect(body).toEqual({ data: { me: { euros: 900, price: 7, dollars: 1000 } } });
    });

    test.each([
      ['["_entities",0,"card","last"]', ['me', 'card', 'last']],
      ['["_entities",0]', ['me']],
      ['["_entities",7,"card"]', ['me']],
      ['["_entities","0","card"]', ['me']],
      ['["_entities"]', ['me']],
      ['["__proto__",0]', ['me']],
      ['[]', ['me']],
      ['null', ['me']],
    ])('an error of the entity fetch at %s stands at %j', async (path, expected) => {
      liars.people.say = says('{"data":{"me":{"__typename":"Person","id":"1"}}}');
      liars.shop.say = says(
        `{"data":{"_entities":[null]},"errors":[{"message":"no","path":${path},"extensions":{"code":"NO"}}]}`,
      );
      const { body } = await ask('{ me { card { last } } }');
      expect(body.data).toEqual({ me: null });
      expect(body.errors?.map(({ path: at }) => at)).toEqual([expected]);
    });

    test('an interface that nothing implements is an error, never a silent null', async () => {
      const { body } = await ask('{ none { extra } }');
      expect(body.data === null || body.data?.['none'] === null).toBe(true);
      expect(body.errors?.length).toBeGreaterThan(0);
      expect(liars.people.bodies).toEqual([]);
    });

    test.each([
      ['{ me @skip(if: true) { id } }', {}],
      ['{ ... @include(if: false) { me { id } } }', {}],
      ['{ __typename }', { __typename: 'Query' }],
    ])('%s asks nobody and is no error', async (query, data) => {
      const { body } = await ask(query);
      expect(body).toEqual({ data });
      expect(liars.people.bodies).toEqual([]);
    });
  },
);
