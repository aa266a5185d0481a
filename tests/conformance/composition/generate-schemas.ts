import fc from 'fast-check';

/** A schema in pieces, so that a second version of it can be made by changing one. */
export interface SchemaModel {
  fields: Map<string, string>;
  enumValues: string[];
  unionMembers: string[];
  inputFields: Map<string, string>;
  arguments: Map<string, string>;
}

const base = (): SchemaModel => ({
  fields: new Map([
    ['id', 'ID!'],
    ['name', 'String'],
    ['price', 'Int!'],
    ['size', 'Size'],
    ['tags', '[String!]'],
    ['related', '[Product]'],
  ]),
  enumValues: ['S', 'M', 'L'],
  unionMembers: ['Product', 'Shop', 'Brand'],
  inputFields: new Map([
    ['text', 'String'],
    ['size', 'Size'],
    ['limit', 'Int = 10'],
    ['required', 'ID!'],
  ]),
  arguments: new Map([
    ['filter', 'Filter'],
    ['first', 'Int = 10'],
    ['kind', 'String!'],
  ]),
});

type Change = (model: SchemaModel) => void;

const outputTypes = [
  'String',
  'String!',
  'Int',
  'Int!',
  '[String!]',
  '[String!]!',
  '[String]',
  'Size',
  'Product',
];
const inputTypes = [
  'String',
  'String!',
  'Int',
  'Int!',
  'Int = 10',
  'Int = 20',
  '[Int!]',
  'Size',
  'ID!',
];

function mapChange(
  key: 'fields' | 'inputFields' | 'arguments',
  names: string[],
  types: string[],
): fc.Arbitrary<Change> {
  return fc.oneof(
    fc.constantFrom(...names).map(
      (name): Change =>
        (model) =>
          void model[key].delete(name),
    ),
    fc.tuple(fc.constantFrom(...names), fc.constantFrom(...types)).map(
      ([name, type]): Change =>
        (model) =>
          void model[key].set(name, type),
    ),
    fc.constantFrom(...types).map(
      (type): Change =>
        (model) =>
          void model[key].set('added', type),
    ),
  );
}

function listChange(key: 'enumValues' | 'unionMembers', added: string): fc.Arbitrary<Change> {
  return fc.oneof(
    fc.nat(2).map(
      (index): Change =>
        (model) =>
          void model[key].splice(index, 1),
    ),
    fc.constant<Change>((model) => void model[key].push(added)),
  );
}

const changes = fc.array(
  fc.oneof(
    mapChange('fields', ['name', 'price', 'size', 'tags', 'related'], outputTypes),
    mapChange('inputFields', ['text', 'size', 'limit', 'required'], inputTypes),
    mapChange('arguments', ['filter', 'first', 'kind'], inputTypes),
    listChange('enumValues', 'XL'),
    listChange('unionMembers', 'Extra'),
  ),
  { minLength: 0, maxLength: 3 },
);

/** Pairs of valid schemas: one, and the same after up to three changes. */
export const schemaPairs: fc.Arbitrary<{ before: string; after: string }> = changes.map((list) => {
  const changed = base();
  for (const change of list) change(changed);
  return { before: printModel(base()), after: printModel(changed) };
});

function printModel(model: SchemaModel): string {
  const block = (map: Map<string, string>): string =>
    [...map].map(([name, type]) => `  ${name}: ${type}`).join('\n');
  const list = (map: Map<string, string>): string =>
    map.size === 0 ? '' : `(${[...map].map(([name, type]) => `${name}: ${type}`).join(', ')})`;
  const members = [...new Set(model.unionMembers)];
  const values = [...new Set(model.enumValues)];
  return `
type Query { products${list(model.arguments)}: [Product!]! search: Found filtered(filter: Filter, size: Size): Product }
type Product {
${block(model.fields)}
}
type Shop { id: ID! }
type Brand { id: ID! }
type Extra { id: ID! }
union Found = ${members.length > 0 ? members.join(' | ') : 'Extra'}
enum Size { ${values.length > 0 ? values.join(' ') : 'NONE'} }
input Filter {
${block(model.inputFields)}
}
`;
}
