/** A source of chance that always gives the same: seeds are the same on every machine and in every run. */
export interface SeedRandom {
  /** At least 0, below 1. */
  number(): number;
  /** A whole number from `least` to `most`, both included. */
  integer(least: number, most: number): number;
  /** True in `probability` of all cases, 0 to 1. */
  chance(probability: number): boolean;
  /** @throws RangeError for an empty list */
  pick<Item>(items: readonly Item[]): Item;
  /** Picks by weight: `[['PAID', 7], ['CANCELLED', 1]]`. */
  weighted<Item>(choices: readonly (readonly [Item, number])[]): Item;
  /** A moment from `from` to `to`, in whole seconds. */
  date(from: Date, to: Date): Date;
}

/**
 * Creates the source for one thing, such as `createSeedRandom('review 17')`. A source per row, rather than one
 * for all, keeps row 17 as it is when somebody changes how row 16 is made.
 */
export function createSeedRandom(name: string): SeedRandom {
  const number = createGenerator(hash(name));
  const integer = (least: number, most: number): number =>
    least + Math.floor(number() * (most - least + 1));
  return {
    number,
    integer,
    chance: (probability) => number() < probability,
    pick<Item>(items: readonly Item[]): Item {
      if (items.length === 0) throw new RangeError('there is nothing to pick from');
      return items[integer(0, items.length - 1)] as Item;
    },
    weighted: (choices) => pickWeighted(choices, number()),
    date(from, to) {
      return new Date(integer(from.getTime() / 1000, to.getTime() / 1000) * 1000);
    },
  };
}

function pickWeighted<Item>(choices: readonly (readonly [Item, number])[], share: number): Item {
  const last = choices.at(-1);
  if (!last) throw new RangeError('there is nothing to pick from');
  let left = share * choices.reduce((sum, [, weight]) => sum + weight, 0);
  for (const [item, weight] of choices) {
    left -= weight;
    if (left < 0) return item;
  }
  return last[0];
}

/** FNV-1a, 32 bits. */
function hash(text: string): number {
  let value = 0x811c9dc5;
  for (let index = 0; index < text.length; index += 1) {
    value = Math.imul(value ^ text.charCodeAt(index), 0x01000193);
  }
  return value >>> 0;
}

/** mulberry32: 32 bits of state, even enough for test data, the same on every platform. */
function createGenerator(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
