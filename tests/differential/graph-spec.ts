import fc from 'fast-check';

/** A field with a leaf type, of one entity. */
export interface LeafField {
  readonly name: string;
  readonly type: string;
  /** The subgraph that answers it. */
  readonly owner: number;
  /** Another subgraph that answers the same (`@shareable`). */
  readonly alsoIn: number | undefined;
  /** The subgraph it moves away from (`@override`), with or without a label. */
  readonly movedFrom: { readonly subgraph: number; readonly isGradual: boolean } | undefined;
  readonly hasArguments: boolean;
  /** Fields of other subgraphs it is computed from, as written in `@requires`. */
  readonly requires: readonly RequiredField[];
  /** Whether it may throw, or be null where it must not. */
  readonly isReliable: boolean;
}

export interface RequiredField {
  readonly name: string;
  /** A constant for its argument `x`; undefined for a field without arguments. */
  readonly x: number | undefined;
  /** Which fields of its value: undefined for leaf types. */
  readonly below: readonly ValueField[] | undefined;
}

/** Fields of the type `Value`. */
export type ValueField = 'a' | 'b';

/** A field that leads to another entity. */
export interface ReferenceField {
  readonly name: string;
  readonly target: number;
  readonly owner: number;
  readonly isList: boolean;
  /** A field of the target that the owner of this field knows too (`@provides`). */
  readonly provides: LeafField | undefined;
  /** Where it may lead to an entity of any type: what its own type is. Its owner is the hub, which knows all. */
  readonly abstract: 'Item' | 'Any' | undefined;
}

/** How a subgraph finds an entity: by one field, by either of two, by both together, or by a field of an object. */
export type KeyKind = 'id' | 'code' | 'both' | 'pair' | 'nested';

export interface EntitySpec {
  readonly name: string;
  /** A subgraph that knows all keys, as the hub does. */
  readonly home: number;
  readonly leaves: readonly LeafField[];
  readonly references: readonly ReferenceField[];
  /** By subgraph: which key it uses. */
  readonly keys: readonly KeyKind[];
}

/** How a subgraph writes its schema: with root types of other names, or as Federation 1 did, where it can. */
export type Style = 'usual' | 'renamed' | 'old';

/** A supergraph, described before it is cut: the monolith has all fields, each subgraph its own. */
export interface GraphSpec {
  readonly subgraphCount: number;
  readonly entities: readonly EntitySpec[];
  /** Whether the last subgraph sees all entities as one `@interfaceObject`. */
  readonly hasInterfaceObject: boolean;
  /** Whether what it adds may fail. */
  readonly isExtraReliable: boolean;
  /** By subgraph. */
  readonly styles: readonly Style[];
  /** Makes the values. */
  readonly dataSeed: number;
}

/** The subgraph in which all entities are: it answers lists of all kinds. */
export const hub = 0;

const leafTypes = [
  'Int', 'Int!', 'Float', 'String', 'String!', 'Boolean', 'Boolean!', 'ID', 'Color', 'Color!',
  '[Int!]', '[String]!', '[[Int]]', 'Value',
]; // prettier-ignore

const valueSelections: readonly ValueField[][] = [['a'], ['b'], ['a', 'b']];
const keyKinds: readonly KeyKind[] = ['id', 'code', 'both', 'pair', 'nested'];

const rawLeaf = fc.record({
  type: fc.nat(leafTypes.length - 1),
  owner: fc.nat(9),
  role: fc.nat(9),
  other: fc.nat(9),
  requires: fc.array(fc.nat(9), { minLength: 1, maxLength: 2 }),
  below: fc.constantFrom(...valueSelections),
  isReliable: fc.boolean(),
});
const rawReference = fc.record({
  target: fc.nat(9),
  owner: fc.nat(9),
  isList: fc.boolean(),
  provides: fc.option(fc.nat(9), { nil: undefined }),
  abstract: fc.constantFrom(undefined, undefined, undefined, 'Item' as const, 'Any' as const),
});
const rawEntity = fc.record({
  home: fc.nat(9),
  leaves: fc.array(rawLeaf, { minLength: 2, maxLength: 7 }),
  references: fc.array(rawReference, { minLength: 1, maxLength: 3 }),
  keys: fc.array(fc.constantFrom(...keyKinds), {
    minLength: 4,
    maxLength: 4,
  }),
});

type RawEntity = typeof rawEntity extends fc.Arbitrary<infer Raw> ? Raw : never;
type RawLeaf = RawEntity['leaves'][number];

/** Any graph that composes: choices are numbers first, and become what they can be in that graph. */
export const graphSpecs: fc.Arbitrary<GraphSpec> = fc
  .record({
    subgraphCount: fc.integer({ min: 2, max: 4 }),
    entities: fc.array(rawEntity, { minLength: 2, maxLength: 4 }),
    hasInterfaceObject: fc.boolean(),
    isExtraReliable: fc.boolean(),
    styles: fc.array(fc.constantFrom<Style[]>('usual', 'renamed', 'old'), {
      minLength: 4,
      maxLength: 4,
    }),
    dataSeed: fc.nat(),
  })
  .map(({ entities, ...graph }) => {
    const { subgraphCount } = graph;
    const named = entities.map((raw, index) => makeEntity(raw, index, subgraphCount));
    return {
      ...graph,
      entities: entities.map((raw, index) => {
        return addReferences(raw, { index, entities: named, subgraphCount });
      }),
    };
  });

function makeEntity(raw: RawEntity, index: number, subgraphCount: number): EntitySpec {
  const plain = raw.leaves.map((leaf, number) => makeLeaf(leaf, number, subgraphCount));
  return {
    name: `E${index}`,
    home: raw.home % subgraphCount,
    leaves: makeInputsReliable(
      plain.map((leaf, number) => addRequires(leaf, raw.leaves, { all: plain, number })),
    ),
    references: [],
    keys: raw.keys,
  };
}

function makeLeaf(raw: RawLeaf, number: number, subgraphCount: number): LeafField {
  const owner = raw.owner % subgraphCount;
  const other = (owner + 1 + (raw.other % (subgraphCount - 1))) % subgraphCount;
  return {
    name: `f${number}`,
    type: leafTypes[raw.type] ?? 'Int',
    owner,
    alsoIn: raw.role === 1 ? other : undefined,
    movedFrom:
      raw.role === 2 || raw.role === 3 ? { subgraph: other, isGradual: raw.role === 3 } : undefined,
    hasArguments: raw.role >= 6,
    requires: [],
    isReliable: raw.isReliable,
  };
}

const isComputed = (raw: RawLeaf | undefined): boolean =>
  raw !== undefined && raw.role >= 4 && raw.role <= 6;

/** One leaf in three is computed from leaves of other subgraphs, which may be computed from earlier ones themselves. */
function addRequires(
  leaf: LeafField,
  raws: readonly RawLeaf[],
  { all, number }: { readonly all: readonly LeafField[]; readonly number: number },
): LeafField {
  const raw = raws[number];
  if (raw === undefined || !isComputed(raw)) return leaf;
  const candidates = all.filter(
    (each, position) => (position < number || !isComputed(raws[position])) && isInput(leaf, each),
  );
  const chosen = new Set(raw.requires.map((pick) => candidates[pick % candidates.length]));
  const requires = [...chosen].flatMap((field, position) =>
    field
      ? [
          {
            name: field.name,
            x: field.hasArguments ? 5 + position + number : undefined,
            below:
              field.type === 'Value' && !isComputed(raws[all.indexOf(field)])
                ? raw.below
                : undefined,
          },
        ]
      : [],
  );
  return { ...leaf, type: raw.isReliable ? 'String!' : 'String', requires };
}

/** What others are computed from must be there: a computed field says nothing about failures of its inputs. */
function makeInputsReliable(leaves: readonly LeafField[]): readonly LeafField[] {
  const inputs = new Set(leaves.flatMap((leaf) => leaf.requires.map(({ name }) => name)));
  return leaves.map((leaf) => (inputs.has(leaf.name) ? { ...leaf, isReliable: true } : leaf));
}

/** Whether `input` may stand in a `@requires` of `leaf`: it is plain, elsewhere, and stays there. */
function isInput(leaf: LeafField, input: LeafField): boolean {
  return (
    input !== leaf &&
    input.owner !== leaf.owner &&
    input.alsoIn === undefined &&
    input.movedFrom === undefined
  );
}

interface EntityPlace {
  readonly index: number;
  readonly entities: readonly EntitySpec[];
  readonly subgraphCount: number;
}

function addReferences(
  raw: RawEntity,
  { index, entities, subgraphCount }: EntityPlace,
): EntitySpec {
  const entity = entities[index];
  if (!entity) throw new Error(`no entity ${index}`);
  const references = raw.references.map((reference, number) => {
    const target = reference.target % entities.length;
    const { abstract, isList } = reference;
    const owner = abstract ? hub : reference.owner % subgraphCount;
    const provides = entities[target]?.leaves.find(
      (leaf, position) =>
        position === reference.provides &&
        leaf.owner !== owner &&
        leaf.alsoIn === undefined &&
        leaf.movedFrom === undefined &&
        leaf.requires.length === 0 &&
        !leaf.hasArguments &&
        leaf.type !== 'Value',
    );
    return { name: `r${number}`, target, owner, isList, provides, abstract };
  });
  return { ...entity, references };
}
