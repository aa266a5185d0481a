import {
  getNamedType,
  isCompositeType,
  isInterfaceType,
  isObjectType,
  isUnionType,
  type GraphQLCompositeType,
  type GraphQLObjectType,
  type GraphQLSchema,
} from 'graphql';

export interface RandomOperation {
  readonly text: string;
  readonly variables: Readonly<Record<string, boolean>>;
}

type Random = () => number;

const ids = ['u1', 'u2', 'u3', 'u4', 'o1', 'o2', 'o3', 'p1', 'p2', 'p3'];

/** The fields whose argument is the id of something else than a user. */
const idKinds: Readonly<Record<string, string>> = { order: 'o', ship: 'o', settle: 'p' };

/** Writes a valid operation: aliases, fragments of both kinds, interfaces, unions, conditions, lists, mutations. */
export function makeOperation(schema: GraphQLSchema, random: Random): RandomOperation {
  const fragments: string[] = [];
  const isMutation = random() < 0.15;
  const root = isMutation ? schema.getMutationType() : schema.getQueryType();
  const text = root ? writeRoot(root) : '';
  return {
    text: `${isMutation ? 'mutation' : 'query'} ($yes: Boolean!, $no: Boolean!) ${text} ${fragments.join(' ')}`,
    variables: { yes: random() < 0.8, no: random() < 0.2 },
  };

  function pick<Item>(items: readonly Item[]): Item {
    return items[Math.floor(random() * items.length)] as Item;
  }

  function writeRoot(type: GraphQLObjectType): string {
    const count = 1 + Math.floor(random() * 2);
    const fields = Array.from({ length: count }, (_each, at) => writeField(type, 2, `r${at}`));
    // Both variables are used, whatever else is.
    return `{ ${fields.join(' ')} a__: __typename @skip(if: $yes) b__: __typename @include(if: $no) }`;
  }

  function writeSet(type: GraphQLCompositeType, depth: number, at: string): string {
    if (isUnionType(type) && depth < -1) return '{ __typename }';
    const count = 1 + Math.floor(random() * 3);
    const parts = Array.from({ length: count }, (_each, index) => {
      const own = `${at}_${index}`;
      const roll = random();
      if (!isUnionType(type) && (roll < 0.75 || depth < 0)) return writeField(type, depth, own);
      if (roll < 0.85 && isObjectType(type)) return writeFragment(type, depth, own);
      return writeNarrowed(type, depth, own);
    });
    return `{ ${random() < 0.3 ? '__typename ' : ''}${parts.join(' ')} }`;
  }

  function writeNarrowed(type: GraphQLCompositeType, depth: number, at: string): string {
    const possible = isObjectType(type) ? [type] : schema.getPossibleTypes(type);
    const narrowed = pick(possible);
    return `... on ${narrowed.name}${condition()} ${writeSet(narrowed, depth - 1, at)}`;
  }

  function writeFragment(type: GraphQLCompositeType, depth: number, at: string): string {
    const body = writeSet(type, depth - 1, at);
    const name = `F${fragments.length}`;
    fragments.push(`fragment ${name} on ${type.name} ${body}`);
    return `...${name}${condition()}`;
  }

  function writeField(type: GraphQLCompositeType, depth: number, at: string): string {
    if (isUnionType(type)) return '__typename';
    const all = Object.values(type.getFields());
    const leaves = all.filter((field) => !isCompositeType(getNamedType(field.type)));
    const field = pick(depth > 0 || leaves.length === 0 ? all : leaves);
    const args = field.args.map(({ name }) =>
      name === 'currency'
        ? `currency: "${pick(['EUR', 'USD'])}"`
        : `${name}: "${pickId(field.name)}"`,
    );
    // Aliases that are names of other fields are what attackers send; ours must be unique where types overlap.
    const isPlain = args.length === 0 && random() < 0.4;
    const alias = isPlain ? '' : `${pick(['id', 'owner', 'payer', 'x'])}_${at}: `;
    const named = getNamedType(field.type);
    const isOpen =
      isCompositeType(named) &&
      (isInterfaceType(named) || isObjectType(named) || isUnionType(named));
    const set = isOpen && isCompositeType(named) ? ` ${writeSet(named, depth - 1, `${at}_`)}` : '';
    const written = args.length > 0 ? `(${args.join(', ')})` : '';
    return `${alias}${field.name}${written}${condition()}${set}`;
  }

  function pickId(field: string): string {
    const fitting = ids.filter((id) => id.startsWith(idKinds[field] ?? 'u'));
    return pick(fitting);
  }

  function condition(): string {
    const roll = random();
    if (roll < 0.06) return ` @include(if: $${pick(['yes', 'no'])})`;
    return roll < 0.12 ? ` @skip(if: $${pick(['yes', 'no'])})` : '';
  }
}

/** Numbers from 0 to 1 that follow from the seed (mulberry32). */
export function createRandom(seed: number): Random {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}
