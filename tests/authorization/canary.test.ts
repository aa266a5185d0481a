import { describe, expect, test } from '@jest/globals';
import type { Identity } from '@trellis/platform/identity';
import { createLog } from '@trellis/platform/log';
import type { RuleTree } from '@trellis/gateway/shield';
import { parse, validate, type GraphQLResolveInfo } from 'graphql';
import { identities, trees } from './guarded-rules.ts';
import { makeMonolith, type Watch } from './guarded-shop.ts';
import { createRandom, makeOperation } from './random-operation.ts';
import { composeShop, createGateway, createMonolith } from './two-shops.ts';

const count = Number(process.env['CANARY_OPERATIONS'] ?? (process.env['CI'] ? 1_800 : 600));
const seed = Number(process.env['AUTHORIZATION_SEED'] ?? 1);

/** What one execution let out, and where to. */
interface Traffic {
  /** Bodies of requests, by subgraph. */
  readonly requests: (readonly [subgraph: string, body: string])[];
  /** By subgraph and request: entities, and the fields that the subgraph resolved of each. */
  readonly resolved: Map<string, Set<string>>[];
  readonly log: string[];
  readonly plans: string[];
}

/** `u1.email`: the field of one object. */
const cell = (id: string | undefined, field: string): string => `${id}.${field}`;

/** The entity of `_entities` that a field belongs to, if it stands right in it. */
function isTopOfEntity({ prev }: GraphQLResolveInfo['path']): boolean {
  return prev?.prev !== undefined && String(prev.prev.key).startsWith('_entities');
}

/** Ids of all objects in a value, however its lists are nested. */
function idsIn(value: unknown): string[] {
  if (Array.isArray(value)) return value.flatMap(idsIn);
  const { id } = (value ?? {}) as { readonly id?: string };
  return id === undefined ? [] : [id];
}

/** The fields that the rules of a tree read, such as `owner` and `region`. */
function fieldsRead(tree: unknown): Set<string> {
  const { fragment, rules, ...rest } = (tree ?? {}) as {
    readonly fragment?: string;
    readonly rules?: readonly unknown[];
  };
  if (typeof tree !== 'object' || tree === null) return new Set();
  if (fragment !== undefined) {
    return new Set(fragment.slice(fragment.indexOf('{')).match(/\w+/g));
  }
  const inner = rules ?? ('name' in rest ? [] : Object.values(rest));
  return new Set(inner.flatMap((each) => [...fieldsRead(each)]));
}

/** What one caller may see of one operation, as graphql-shield in a monolith lets it. */
class Visible {
  readonly cells = new Set<string>();
  readonly objects = new Set<string>();
  readonly watch: Watch = ({ id, field, value }) => {
    if (id !== undefined) this.cells.add(cell(id, field));
    for (const each of idsIn(value)) this.objects.add(each);
  };

  /** `o1.note` for every note that the caller may see, asked for or not. */
  readonly #notes: ReadonlySet<string>;

  constructor(notes: ReadonlySet<string>) {
    this.#notes = notes;
  }

  /** Fields that another field requires, where that is shown: `@requires` in guarded-shop.ts. */
  mayBeTold(id: string, field: string): boolean {
    if (field === 'note') {
      return this.#notes.has(cell(id, field)) || this.cells.has(cell(id, 'risk'));
    }
    const isBadge = field === 'orders' || field === 'total';
    return isBadge && [...this.cells].some((each) => each.endsWith('.badge'));
  }
}

const orders = ['o1', 'o2', 'o3', 'o4', 'o5'];

/** Finds the notes that a caller may see. */
async function findNotes(tree: RuleTree, identity: Identity): Promise<Set<string>> {
  const found = new Visible(new Set());
  const asked = orders.map((id) => `${id}: order(id: "${id}") { note }`).join(' ');
  const monolith = createMonolith(tree, { watch: () => found.watch });
  await monolith({ text: `{ ${asked} }`, variables: {} }, identity);
  return found.cells;
}

interface World {
  readonly tree: RuleTree;
  readonly traffic: Traffic;
  readonly visible: Visible;
}

/** Everything that came out where it should not. */
function findLeaks({ tree, traffic, visible }: World, answer: string): string[] {
  const read = fieldsRead(tree);
  const leaks: string[] = [];
  const values = (text: string): string[] => text.match(/CANARY-\w+-\w+/g) ?? [];
  for (const value of values(answer)) {
    const [, field = '', id = ''] = value.split('-');
    if (!visible.cells.has(cell(id, field))) leaks.push(`the answer has ${value}`);
  }
  for (const [subgraph, body] of traffic.requests) {
    for (const value of values(body)) {
      const [, field = '', id = ''] = value.split('-');
      if (!visible.mayBeTold(id, field)) leaks.push(`${subgraph} is told ${value}`);
    }
  }
  for (const text of [...traffic.log, ...traffic.plans]) {
    for (const value of values(text)) leaks.push(`a log line or a plan has ${value}`);
  }
  for (const entities of traffic.resolved) {
    for (const [id, fields] of entities) leaks.push(...leaksOf(id, fields, { read, visible }));
  }
  return leaks;
}

/** Fields of one entity that a subgraph was asked for although nobody may see or needs them. */
function leaksOf(
  id: string,
  fields: ReadonlySet<string>,
  { read, visible }: { readonly read: ReadonlySet<string>; readonly visible: Visible },
): string[] {
  const isNeeded = (field: string): boolean => read.has(field) || visible.mayBeTold(id, field);
  // A rule that reads what the same fetch brings has named the object to that subgraph itself.
  const isNamedByRules = [...fields].some((field) => read.has(field) && field !== 'id');
  const denied = [...fields].filter(
    (field) => !visible.cells.has(cell(id, field)) && !isNeeded(field) && !isNamedByRules,
  );
  const isReached = visible.objects.has(id) || [...fields].every(isNeeded);
  return [
    ...denied.map((field) => `${cell(id, field)} is fetched`),
    ...(isReached ? [] : [`${id} is named`]),
  ];
}

describe(`what callers may not see, seed ${seed}`, () => {
  const shop = composeShop();
  const schema = makeMonolith();

  test.each(trees.map((tree, at) => [at, tree] as const))(
    'goes nowhere under tree %i: no answer, no error, no log line, no plan, no subgraph that the object should not reach',
    async (at, tree) => {
      let traffic: Traffic;
      let visible: Visible;
      const log = createLog(
        'canary',
        { LOG_LEVEL: 'trace' },
        {
          write: (line: string) => void traffic.log.push(line),
        },
      );
      const monolith = createMonolith(tree, { watch: () => visible.watch });
      const gateway = createGateway(tree, shop, {
        log,
        onPlan: (plan, trace) => void traffic.plans.push(plan, trace),
        onRequest: (subgraph, body) => {
          traffic.requests.push([subgraph, body]);
        },
        watch: () => {
          const entities = new Map<string, Set<string>>();
          traffic.resolved.push(entities);
          return ({ id, field, path }) => {
            if (id === undefined || !isTopOfEntity(path)) return;
            entities.set(id, (entities.get(id) ?? new Set()).add(field));
          };
        },
      });
      const notes = new Map<Identity, ReadonlySet<string>>();
      for (const identity of identities) notes.set(identity, await findNotes(tree, identity));
      let asked = 0;
      let named = 0;
      for (let number = 0; asked < count / trees.length; number += 1) {
        const own = seed * 2_000_003 + at * 700_001 + number;
        const random = createRandom(own);
        const operation = makeOperation(schema, random);
        if (validate(schema, parse(operation.text)).length > 0) continue;
        for (const identity of identities.filter(() => random() < 0.5)) {
          traffic = { requests: [], resolved: [], log: [], plans: [] };
          visible = new Visible(notes.get(identity) ?? new Set());
          await monolith(operation, identity);
          const { text } = await gateway(operation, identity);
          const leaks = findLeaks({ tree, traffic, visible }, text);
          if (leaks.length > 0) {
            const told = { seed: own, ...operation, identity: identity.subject };
            expect({ ...told, leaks }).toEqual({ ...told, leaks: [] });
          }
          asked += 1;
          named += traffic.resolved.reduce((sum, entities) => sum + entities.size, 0);
        }
      }
      // Without entities there would be nothing to hold back.
      expect(named).toBeGreaterThan(asked);
    },
    120_000,
  );
});
