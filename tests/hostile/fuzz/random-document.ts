import type { Random } from './random.ts';

/** The schema of the hostile graph, as far as the writer needs it: leaves, and fields with the type below them. */
const fields: Readonly<
  Record<string, { readonly leaves: readonly string[]; readonly branches: readonly Branch[] }>
> = {
  Query: {
    leaves: ['__typename', 'e2: echo(value: [1, {a: "b"}])', 'echo'],
    branches: [
      ['me', 'Person'],
      ['node(id: "1")', 'Node'],
      ['n2: node(id: $id)', 'Node'],
      ['nodes', 'Node'],
      ['products', 'Product'],
      ['p2: products(first: $n, filter: $f)', 'Product'],
      ['p3: products(filter: {ids: [1, 2], kind: TOOL})', 'Product'],
      ['search(text: "x")', 'Found'],
      ['latest', 'Review'],
      ['__schema', 'Nobody'],
    ],
  },
  Mutation: { leaves: ['__typename'], branches: [['rename(id: $id, name: "x")', 'Person']] },
  Product: {
    leaves: ['id', 'name', 'price', 'stock', '__typename'],
    branches: [
      ['related', 'Node'],
      ['similar', 'Product'],
      ['reviews', 'Review'],
    ],
  },
  Person: {
    leaves: ['id', 'name', '__typename'],
    branches: [
      ['related', 'Node'],
      ['reviews', 'Review'],
    ],
  },
  Film: { leaves: ['id', 'name'], branches: [['related', 'Node']] },
  Book: { leaves: ['id', '__typename'], branches: [['related', 'Node']] },
  Node: { leaves: ['id', 'name', '__typename'], branches: [['related', 'Node']] },
  Found: { leaves: ['__typename'], branches: [] },
  Review: {
    leaves: ['text', '__typename'],
    branches: [
      ['product', 'Product'],
      ['author', 'Person'],
    ],
  },
  Nobody: { leaves: ['nothing'], branches: [['nobody', 'Nobody']] },
};

type Branch = readonly [field: string, type: string];

/** Types whose objects can also be of another. */
const overlapping: Readonly<Record<string, readonly string[]>> = {
  Node: ['Product', 'Film', 'Book', 'Person', 'Node', 'Found'],
  Found: ['Product', 'Film', 'Book', 'Person', 'Node', 'Found'],
  Product: ['Product', 'Node', 'Found'],
  Person: ['Person', 'Node', 'Found'],
};

const allTypes = Object.keys(fields);
const directives = [
  '@include(if: true)',
  '@skip(if: $b)',
  '@include(if: $b)',
  '@skip(if: true)',
  '@nothing',
];
const declarations: Readonly<Record<string, string>> = {
  $id: '$id: ID! = "1"',
  $n: '$n: Int = 3',
  $f: '$f: Filter',
  $b: '$b: Boolean! = true',
};

/** Some fields bring an alias of their own, so that their arguments agree wherever they stand. */
function withAlias(alias: string, field: string): string {
  return /^\w+: /.test(field) ? field : `${alias}${field}`;
}

/** Leaves out fragments that nobody spreads: they would make the whole document invalid. */
function keepSpread(main: string, fragments: readonly string[], keepsAll: boolean): string {
  return fragments.reduce(
    (text, fragment, at) =>
      keepsAll || text.includes(`...F${at}`) ? `${text}\n${fragment}` : text,
    main,
  );
}

/** Writes operations over the hostile graph: many are valid, all are odd. */
export class DocumentWriter {
  readonly #random: Random;
  #left = 0;
  #fragments: readonly string[] = [];
  /** How likely something is that the schema does not know. */
  #oddness = 0;
  #aliases = 0;

  constructor(random: Random) {
    this.#random = random;
  }

  write(): string {
    const random = this.#random;
    this.#left = 5 + random.below(random.chance(0.1) ? 2_000 : 60);
    this.#oddness = random.chance(0.7) ? 0 : 0.1;
    this.#aliases = random.chance(0.8) ? 0.1 : 0.6;
    this.#fragments = Array.from({ length: random.below(4) }, () => random.pick(allTypes));
    const kind = random.chance(0.93) ? 'query' : random.pick(['mutation', 'subscription']);
    const main = this.#set(0, kind === 'mutation' ? 'Mutation' : 'Query');
    // A fragment may spread those after it: circles are made by spoiling.
    const fragments = this.#fragments.map(
      (type, at) => `fragment F${at} on ${type} ${this.#set(1, type, at + 1)}`,
    );
    const text = keepSpread(main, fragments, random.chance(0.02));
    const used = Object.keys(declarations).filter((name) => text.includes(name));
    const head = used.map((name) => declarations[name]).join(' ');
    const name = random.chance(0.5) ? ` Q${random.below(3)}` : '';
    return `${kind}${name}${head === '' ? '' : `(${head})`} ${text}`;
  }

  #set(depth: number, type: string, firstFragment = 0): string {
    const random = this.#random;
    const count = 1 + random.below(random.chance(0.1) ? 30 : 4);
    const selections = Array.from({ length: count }, () =>
      this.#selection(depth, type, firstFragment),
    );
    return `{ ${selections.join(' ')} }`;
  }

  #selection(depth: number, given: string, firstFragment: number): string {
    const random = this.#random;
    this.#left -= 1;
    const type = random.chance(this.#oddness) ? random.pick(allTypes) : given;
    const { leaves = [], branches = [] } = fields[type] ?? {};
    const directive = random.chance(0.1)
      ? ` ${random.pick(directives.slice(0, 4 + (this.#oddness > 0 ? 1 : 0)))}`
      : '';
    const alias = random.chance(this.#aliases)
      ? `${random.pick(['x', 'y', 'then', '__proto__', `z${random.below(9)}`])}${random.below(1_000)}: `
      : '';
    const kind = random.below(10);
    if (this.#left <= 0 || depth > 18 || kind < 3 || branches.length === 0) {
      if (kind < 8 || branches.length > 0)
        return `${withAlias(alias, random.pick(leaves))}${directive}`;
    }
    const spreads = this.#fragments.flatMap((on, at) =>
      at >= firstFragment && (on === type || (overlapping[type] ?? []).includes(on)) ? [at] : [],
    );
    if (kind === 3 && spreads.length > 0) return `...F${random.pick(spreads)}${directive}`;
    if (kind === 4 || branches.length === 0) {
      const other = random.pick(overlapping[type] ?? [type]);
      return `... on ${other}${directive} ${this.#set(depth + 1, other, firstFragment)}`;
    }
    if (kind === 5) return `...${directive} ${this.#set(depth + 1, type, firstFragment)}`;
    const [field, below] = random.pick(branches);
    return `${withAlias(alias, field)}${directive} ${this.#set(depth + 1, below, firstFragment)}`;
  }
}
