import { GraphQLError } from 'graphql';

/**
 * What is wrong with a person, wherever they are asked for. It depends on the person alone, so that it cannot matter
 * who else is asked for in the same request:
 *
 * - `gone`: there is no such entity, it is null;
 * - `mute`: the field `name` is an error;
 * - `hollow`: the field `label`, which may not be null, is an error, and takes the entity along;
 * - `breaking`: whoever asks for them gets `data: null` instead of a list of entities;
 * - `refused`: a request that names them is answered with 500;
 * - `garbled`: with a page of HTML;
 * - `huge`: with more than the gateway reads.
 */
export type Fate =
  'well' | 'gone' | 'mute' | 'hollow' | 'breaking' | 'refused' | 'garbled' | 'huge';

/** Fates that spoil whole requests, and so everything a caller asks for together with that person. */
export const spoilingFates: readonly Fate[] = ['breaking', 'refused', 'garbled', 'huge'];

/** Who asks, as a subgraph learns it. */
export interface Asking {
  readonly subject: string;
  readonly tenant: string;
}

export function describeCaller({ subject, tenant }: Asking): string {
  return `for ${subject}@${tenant}`;
}

/** How many people of each world something may be wrong with. */
export const crowdSize = 24;

interface World {
  readonly fates: ReadonlyMap<number, Fate>;
  visits: number;
}

/** Everybody's fates, in worlds that know nothing of each other: who was hung up on may still be answered in the next. */
export class Crowd {
  readonly #worlds: World[] = [];
  #expected = 0;
  readonly #waiting: (() => void)[] = [];

  /** @returns the number of a new world */
  begin(fates: ReadonlyMap<number, Fate>): number {
    this.#worlds.push({ fates, visits: 0 });
    return this.#worlds.length - 1;
  }

  fateOf(id: string): Fate {
    const { world, number } = readId(id);
    return this.#worlds[world]?.fates.get(number) ?? 'well';
  }

  /** Counts a change, which must be made once for each operation that asks for it. */
  visit(id: string): void {
    const world = this.#worlds[readId(id).world];
    if (world) world.visits += 1;
  }

  /** From now on requests of whom `arrive` is awaited are answered together, when so many have come. */
  gather(count: number): void {
    this.#expected = count;
  }

  async arrive(): Promise<void> {
    if (this.#expected === 0) return;
    const isOver = new Promise<void>((resolve) => this.#waiting.push(resolve));
    if (this.#waiting.length === this.#expected) {
      this.#expected = 0;
      for (const resolve of this.#waiting.splice(0)) resolve();
    }
    await isOver;
  }

  visitsIn(world: number): number {
    return this.#worlds[world]?.visits ?? 0;
  }
}

export function makeId(world: number, number: number): string {
  return `w${world}-${number}`;
}

export const idPattern = /w\d+-\d+/g;

export function readId(id: string): { readonly world: number; readonly number: number } {
  const [world, number] = id.slice(1).split('-');
  return { world: Number(world), number: Number(number) };
}

export interface Person {
  readonly id: string;
}

interface Styled {
  readonly style?: string | null;
}

/** How every field is answered: by the parts, and by the graph in one piece they are compared with. */
export function makeFields(crowd: Crowd) {
  function mayFail({ id }: Person, fate: Fate, field: string): void {
    if (crowd.fateOf(id) !== fate) return;
    throw new GraphQLError(`no ${field} of ${id}`, {
      extensions: { code: `NO_${fate.toUpperCase()}` },
    });
  }
  const isThere = ({ id }: Person): boolean => crowd.fateOf(id) !== 'gone';
  const find = (id: string): Person => ({ id });
  return {
    find,
    base: ({ id }: Person): number => readId(id).number * 10,
    isThere,
    name: (person: Person, { style }: Styled, asking: Asking): string => {
      mayFail(person, 'mute', 'name');
      return `${style ?? ''}${person.id} ${describeCaller(asking)}`;
    },
    label: (person: Person): string => {
      mayFail(person, 'hollow', 'label');
      return `label of ${person.id}`;
    },
    friend: ({ id }: Person): Person | null => {
      const { world, number } = readId(id);
      const friend = { id: makeId(world, (number * 7 + 3) % crowdSize) };
      return isThere(friend) ? friend : null;
    },
    score: ({ id }: Person): number => readId(id).number ** 2,
    rank: (base: number): number => base + 1,
    me: (asking: Asking): string => describeCaller(asking),
  };
}

export type Fields = ReturnType<typeof makeFields>;
