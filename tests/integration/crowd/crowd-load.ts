import fc from 'fast-check';
import type { Caller, CrowdOperation } from './crowd-gateways.ts';
import { crowdSize, makeId, spoilingFates, type Fate } from './crowd-people.ts';
import { brokenTenant, refusedStyle, resetStyle } from './crowd-subgraphs.ts';

/** One client: what it asks, when it comes, and whether it hangs up before it has its answer. */
export interface Visit {
  readonly query: string;
  readonly numbers: readonly number[];
  readonly style: string | null;
  readonly caller: Caller;
  readonly comesAfterTurns: number;
  readonly leavesAfterMs: number | undefined;
}

export const queries = {
  one: 'query ($id: ID!) { person(id: $id) { id name } }',
  styled: 'query ($id: ID!, $style: String) { person(id: $id) { n: name(style: $style) label } }',
  friends: 'query ($ids: [ID!]!) { people(ids: $ids) { id label friend { id name score } } }',
  scores: 'query ($ids: [ID!]!) { crowd(ids: $ids) { score rank name } }',
  strict: 'query ($ids: [ID!]!) { crowd(ids: $ids) { id label } me }',
  twice:
    'query ($id: ID!, $ids: [ID!]!) { a: person(id: $id) { name } b: people(ids: $ids) { name friend { label } } }',
  change: 'mutation ($id: ID!) { visit(id: $id) { id name score friend { rank } } }',
  me: '{ me }',
};
/** Some of whose fields never come. */
const bottomless = 'query ($id: ID!) { person(id: $id) { depth name friend { depth score } } me }';

const person = fc.integer({ min: 0, max: crowdSize - 1 });
const caller = fc.record({
  subject: fc.constantFrom('ada', 'bob', undefined),
  tenant: fc.constantFrom('red', 'blue', undefined),
});
const brokenCaller = fc.constant({ subject: 'ada', tenant: brokenTenant });

/** What the clients of one load may be like: few kinds of callers and operations, so that many meet. */
interface Kinds {
  readonly queries: readonly string[];
  readonly styles: readonly (string | null)[];
  readonly callers: readonly Caller[];
}

function someOf<Item>(item: fc.Arbitrary<Item>): fc.Arbitrary<Item[]> {
  return fc.array(item, { minLength: 1, maxLength: 3 });
}

function load(kinds: fc.Arbitrary<Kinds>): fc.Arbitrary<Visit[]> {
  return kinds.chain((kind) =>
    fc.array(
      fc.record<Visit>({
        query: fc.constantFrom(...kind.queries),
        numbers: fc.array(person, { minLength: 1, maxLength: 3 }),
        style: fc.constantFrom(...kind.styles),
        caller: fc.constantFrom(...kind.callers),
        comesAfterTurns: fc.integer({ min: 0, max: 8 }),
        leavesAfterMs: fc.option(fc.integer({ min: 0, max: 15 }), { nil: undefined, freq: 6 }),
      }),
      { minLength: 1, maxLength: 60, size: 'max' },
    ),
  );
}

export const softLoad = load(
  fc.record({
    queries: someOf(fc.constantFrom(...Object.values(queries))),
    styles: someOf(fc.constantFrom(null, 'Dr. ')),
    callers: someOf(caller),
  }),
);
/** Also fields that never come, and callers and fields whose requests fail. */
export const hardLoad = load(
  fc.record({
    queries: someOf(fc.constantFrom(...Object.values(queries), bottomless)),
    styles: someOf(fc.constantFrom(null, 'Dr. ', resetStyle, refusedStyle)),
    callers: someOf(
      fc.oneof({ weight: 6, arbitrary: caller }, { weight: 1, arbitrary: brokenCaller }),
    ),
  }),
);
const softFates: readonly Fate[] = ['gone', 'mute', 'hollow'];

function fatesAmong(fates: readonly Fate[]): fc.Arbitrary<ReadonlyMap<number, Fate>> {
  return fc
    .array(fc.tuple(person, fc.constantFrom(...fates)), { maxLength: 8, size: 'max' })
    .map((entries) => new Map(entries));
}

export const softWorld = fatesAmong(softFates);
export const hardWorld = fatesAmong([...softFates, ...spoilingFates]);

export function makeVisit(visit: Pick<Visit, 'query' | 'numbers'> & Partial<Visit>): Visit {
  const caller = { subject: 'ada', tenant: 'red' };
  return { style: null, caller, comesAfterTurns: 0, leavesAfterMs: undefined, ...visit };
}

/** @param world where the people are that the client asks for */
export function toOperation(
  { query, numbers, style, caller: asking }: Visit,
  world: number,
): CrowdOperation {
  const ids = numbers.map((number) => makeId(world, number));
  const variables = Object.fromEntries(
    Object.entries({ id: ids[0], ids, style }).filter(([name]) => query.includes(`$${name}:`)),
  );
  return { query, variables, caller: asking };
}
