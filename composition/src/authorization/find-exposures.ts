import {
  getNamedType,
  isAbstractType,
  isEnumType,
  isInputObjectType,
  isInterfaceType,
  isObjectType,
  isUnionType,
  type GraphQLField,
  type GraphQLInputType,
  type GraphQLObjectType,
  type GraphQLSchema,
} from 'graphql';
import type { DescribedField } from './inspect.ts';
import type { FieldSetUse } from './field-set-uses.ts';

/** A way to a protected field that its rule may not have thought of. */
export interface Exposure {
  code:
    | 'RULE_ON_NON_NULL_FIELD'
    | 'PROTECTED_KEY'
    | 'PROTECTED_THROUGH_ARGUMENT'
    | 'PROTECTED_THROUGH_INTERFACE'
    | 'PROTECTED_THROUGH_PROVIDES'
    | 'PROTECTED_THROUGH_REQUIRES'
    | 'PROTECTED_THROUGH_UNION';
  /** The protected field. */
  coordinate: string;
  message: string;
}

export interface ExposureInput {
  /** What clients see. */
  schema: GraphQLSchema;
  fields: readonly DescribedField[];
  /** Keys, and what fields require and provide. */
  uses: readonly FieldSetUse[];
}

/** Finds every way to a protected field beside asking for it on its own type. */
export function findExposures({ schema, fields, uses }: ExposureInput): Exposure[] {
  const byCoordinate = new Map(fields.map((field) => [field.coordinate, field]));
  const guarded = fields.filter(({ isOpen }) => !isOpen);
  return [
    ...guarded.flatMap((field) => nonNull(field)),
    ...guarded.flatMap((field) => throughAbstractTypes(field, schema)),
    ...uses.flatMap((use) => throughFieldSet(use, byCoordinate)),
    ...throughArguments(schema, byCoordinate),
  ].toSorted((a, b) =>
    a.coordinate + a.code + a.message < b.coordinate + b.code + b.message ? -1 : 1,
  );
}

function nonNull({ coordinate, type, isNonNull, rule }: DescribedField): Exposure[] {
  if (!isNonNull) return [];
  const message = `${coordinate} is ${type}: where ${rule} says no, the whole object around it is null.`;
  return [{ code: 'RULE_ON_NON_NULL_FIELD', coordinate, message }];
}

function throughAbstractTypes(
  { coordinate, rule }: DescribedField,
  schema: GraphQLSchema,
): Exposure[] {
  const [typeName = '', fieldName = ''] = coordinate.split('.');
  const type = schema.getType(typeName);
  if (!isObjectType(type)) return [];
  return Object.values(schema.getTypeMap()).flatMap((abstract): Exposure[] => {
    if (!isAbstractType(abstract) || !schema.isSubType(abstract, type)) return [];
    const isUnion = isUnionType(abstract);
    if (!isUnion && !abstract.getFields()[fieldName]) return [];
    const way = isUnion
      ? `as a member of the union ${abstract.name}`
      : `as ${abstract.name}.${fieldName}`;
    return [
      {
        code: isUnion ? 'PROTECTED_THROUGH_UNION' : 'PROTECTED_THROUGH_INTERFACE',
        coordinate,
        message: `${coordinate} is reached ${way} too; ${rule} is asked there for objects of ${typeName} only.`,
      },
    ];
  });
}

function throughFieldSet(
  { directive, holder, subgraph, reads }: FieldSetUse,
  byCoordinate: ReadonlyMap<string, DescribedField>,
): Exposure[] {
  return reads.flatMap((coordinate): Exposure[] => {
    const read = byCoordinate.get(coordinate);
    if (!read || read.isOpen) return [];
    const { rule } = read;
    if (directive === 'key') {
      const message = `${coordinate} is a key in the subgraph ${subgraph}: the gateway tells it to subgraphs whatever ${rule} says.`;
      return [{ code: 'PROTECTED_KEY', coordinate, message }];
    }
    if (directive === 'provides') {
      const message = `${coordinate} is also answered by the subgraph ${subgraph} at ${holder} (@provides): the rules of that service must protect it too.`;
      return [{ code: 'PROTECTED_THROUGH_PROVIDES', coordinate, message }];
    }
    const shower = byCoordinate.get(holder);
    const isSameType = holder.split('.')[0] === coordinate.split('.')[0];
    if (shower?.rule === rule && isSameType) return [];
    const message = `${holder} (rule ${shower?.rule ?? 'none'}) is computed from ${coordinate} (rule ${rule}) by @requires: whoever sees the one learns of the other.`;
    return [{ code: 'PROTECTED_THROUGH_REQUIRES', coordinate, message }];
  });
}

/** Arguments and members of input types that are called like a protected field of what the field leads to. */
function throughArguments(
  schema: GraphQLSchema,
  byCoordinate: ReadonlyMap<string, DescribedField>,
): Exposure[] {
  return Object.values(schema.getTypeMap()).flatMap((type) => {
    if (!isObjectType(type) || type.name.startsWith('__') || type === schema.getMutationType())
      return [];
    return Object.values(type.getFields()).flatMap((field): Exposure[] => {
      const asker = `${type.name}.${field.name}`;
      const askable = new Map(
        field.args.flatMap(({ name, type: argument }) => namesIn(name, argument, name, new Set())),
      );
      return listedTypes(field, schema).flatMap((listed) =>
        Object.keys(listed.getFields()).flatMap((name): Exposure[] => {
          const coordinate = `${listed.name}.${name}`;
          const guarded = byCoordinate.get(coordinate);
          const way = askable.get(plain(name));
          const isSame = byCoordinate.get(asker)?.rule === guarded?.rule;
          if (way === undefined || !guarded || guarded.isOpen || isSame) return [];
          const message = `${asker}(${way}:) lets callers ask by the value of ${coordinate} (rule ${guarded.rule}), under rule ${byCoordinate.get(asker)?.rule ?? 'none'}.`;
          return [{ code: 'PROTECTED_THROUGH_ARGUMENT', coordinate, message }];
        }),
      );
    });
  });
}

/** Names that an argument takes a value for, in plain letters → the way there, such as `where.email`. */
function namesIn(
  name: string,
  type: GraphQLInputType,
  way: string,
  seen: ReadonlySet<string>,
): [string, string][] {
  const named = getNamedType(type);
  const own: [string, string][] = [[plain(name), way]];
  if (seen.has(named.name)) return own;
  const deeper = new Set(seen).add(named.name);
  if (isEnumType(named)) {
    // `orderBy: EMAIL` asks by the value of a field; `status: REFUNDED` does not.
    if (!/order|sort/i.test(`${name} ${named.name}`)) return own;
    const values = named.getValues().map((value): [string, string] => [plain(value.name), way]);
    return [...own, ...values];
  }
  if (!isInputObjectType(named)) return own;
  const inner = Object.values(named.getFields()).flatMap((field) =>
    namesIn(field.name, field.type, `${way}.${field.name}`, deeper),
  );
  return [...own, ...inner];
}

/** `EMAIL_ASC`, `email_contains` and `emailIn` ask by `email`. */
function plain(name: string): string {
  const words = name
    .replace(/([a-z])([A-Z])/g, '$1_$2')
    .toLowerCase()
    .split('_');
  const operators = new Set([
    'asc',
    'desc',
    'contains',
    'in',
    'not',
    'gt',
    'gte',
    'lt',
    'lte',
    'eq',
    'ne',
    'like',
    'is',
    'has',
    'starts',
    'ends',
    'with',
  ]);
  return words.filter((word, at) => at === 0 || !operators.has(word)).join('');
}

/** The object types a field gives, and those its connection holds: `nodes`, and `node` of `edges`. */
function listedTypes(
  field: GraphQLField<unknown, unknown>,
  schema: GraphQLSchema,
): GraphQLObjectType[] {
  const found = new Set<GraphQLObjectType>();
  const add = (type: unknown): void => {
    if (isObjectType(type)) found.add(type);
    else if (isInterfaceType(type) || isUnionType(type)) {
      for (const each of schema.getPossibleTypes(type)) found.add(each);
    }
  };
  const given = getNamedType(field.type);
  add(given);
  if (isObjectType(given)) {
    const { nodes, edges } = given.getFields();
    if (nodes) add(getNamedType(nodes.type));
    const edge = edges && getNamedType(edges.type);
    const node = isObjectType(edge) ? edge.getFields()['node'] : undefined;
    if (node) add(getNamedType(node.type));
  }
  return [...found];
}
