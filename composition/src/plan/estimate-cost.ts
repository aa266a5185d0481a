import {
  getNamedType,
  getNullableType,
  isCompositeType,
  isListType,
  Kind,
  parse,
  type ConstDirectiveNode,
  type DocumentNode,
  type FieldNode,
  type FragmentDefinitionNode,
  type GraphQLCompositeType,
  type GraphQLField,
  type GraphQLSchema,
  type SelectionSetNode,
  type ValueNode,
} from 'graphql';

/** A list of unknown length counts as this many items. */
const defaultListSize = 10;

/** What @cost and @listSize of a supergraph say, by coordinate. */
export interface CostRules {
  weights: Map<string, number>;
  lists: Map<string, ListRule>;
}

interface ListRule {
  assumedSize?: number;
  slicingArguments: string[];
  sizedFields: string[];
}

/** Reads @cost and @listSize (https://specs.apollo.dev/cost/v0.1) from supergraph SDL. */
export function readCostRules(supergraphSdl: string): CostRules {
  const rules: CostRules = { weights: new Map(), lists: new Map() };
  for (const node of parse(supergraphSdl, { noLocation: true }).definitions) {
    if (!('name' in node) || !node.name || !('directives' in node)) continue;
    const typeName = node.name.value;
    readDirectives(typeName, (node.directives ?? []) as ConstDirectiveNode[], rules);
    if (node.kind !== Kind.OBJECT_TYPE_DEFINITION && node.kind !== Kind.INTERFACE_TYPE_DEFINITION)
      continue;
    for (const field of node.fields ?? []) {
      readDirectives(`${typeName}.${field.name.value}`, field.directives ?? [], rules);
    }
  }
  return rules;
}

function readDirectives(
  coordinate: string,
  directives: readonly ConstDirectiveNode[],
  rules: CostRules,
): void {
  for (const directive of directives) {
    const name = directive.name.value.replace(/^.*__/, '');
    const argument = (wanted: string): ValueNode | undefined =>
      directive.arguments?.find((candidate) => candidate.name.value === wanted)?.value;
    if (name === 'cost') rules.weights.set(coordinate, integer(argument('weight')) ?? 1);
    if (name !== 'listSize') continue;
    const assumedSize = integer(argument('assumedSize'));
    rules.lists.set(coordinate, {
      ...(assumedSize === undefined ? {} : { assumedSize }),
      slicingArguments: names(argument('slicingArguments')),
      sizedFields: names(argument('sizedFields')),
    });
  }
}

function integer(value: ValueNode | undefined): number | undefined {
  return value?.kind === Kind.INT ? Number(value.value) : undefined;
}

function names(value: ValueNode | undefined): string[] {
  if (value?.kind !== Kind.LIST) return [];
  return value.values.flatMap((item) => (item.kind === Kind.STRING ? [item.value] : []));
}

interface Walk {
  schema: GraphQLSchema;
  rules: CostRules;
  fragments: Map<string, FragmentDefinitionNode>;
  /** Defaults of variables that are integers. */
  variables: Map<string, number>;
}

/**
 * Estimates what an operation costs: an object weighs 1 and a leaf 0 unless @cost says otherwise; a list counts its
 * size, from its slicing argument, @listSize(assumedSize), or 10. The items of a connection stand under `edges` and `nodes`.
 */
export function estimateCost(
  document: DocumentNode,
  schema: GraphQLSchema,
  rules: CostRules,
): number {
  const fragments = new Map<string, FragmentDefinitionNode>();
  const variables = new Map<string, number>();
  let total = 0;
  for (const node of document.definitions) {
    if (node.kind === Kind.FRAGMENT_DEFINITION) fragments.set(node.name.value, node);
  }
  for (const node of document.definitions) {
    if (node.kind !== Kind.OPERATION_DEFINITION) continue;
    for (const { variable, defaultValue } of node.variableDefinitions ?? []) {
      const value = integer(defaultValue);
      if (value !== undefined) variables.set(variable.name.value, value);
    }
    const root = schema.getRootType(node.operation);
    const walk = { schema, rules, fragments, variables };
    if (root) total += selectionCost(node.selectionSet, root, { walk, sized: new Map() });
  }
  return total;
}

interface Scope {
  walk: Walk;
  /** Sizes that the field above fixed for its children (@listSize(sizedFields:)). */
  sized: Map<string, number>;
}

function selectionCost(set: SelectionSetNode, parent: GraphQLCompositeType, scope: Scope): number {
  const { schema, fragments } = scope.walk;
  let own = 0;
  // An object is of one type only: of the fragments on other types just the dearest counts.
  let dearest = 0;
  for (const selection of set.selections) {
    if (selection.kind === Kind.FIELD) {
      own += fieldCost(selection, parent, scope);
      continue;
    }
    const fragment =
      selection.kind === Kind.INLINE_FRAGMENT ? selection : fragments.get(selection.name.value);
    if (!fragment) continue;
    const type = fragment.typeCondition
      ? schema.getType(fragment.typeCondition.name.value)
      : parent;
    if (!isCompositeType(type)) continue;
    const cost = selectionCost(fragment.selectionSet, type, scope);
    if (type === parent) own += cost;
    else dearest = Math.max(dearest, cost);
  }
  return own + dearest;
}

function fieldCost(node: FieldNode, parent: GraphQLCompositeType, { walk, sized }: Scope): number {
  if (!('getFields' in parent)) return 0;
  const field = parent.getFields()[node.name.value];
  if (!field) return 0;
  const coordinate = `${parent.name}.${field.name}`;
  const type = getNamedType(field.type);
  const isComposite = isCompositeType(type);
  const weight =
    walk.rules.weights.get(coordinate) ??
    walk.rules.weights.get(type.name) ??
    (isComposite ? 1 : 0);
  const rule = walk.rules.lists.get(coordinate) ?? conventionalRule(field);
  const size = slicedSize(node, field, rule?.slicingArguments ?? [], walk) ?? rule?.assumedSize;
  const children = new Map(
    (rule?.sizedFields ?? []).map((name) => [name, size ?? defaultListSize]),
  );
  const below =
    node.selectionSet && isComposite
      ? selectionCost(node.selectionSet, type, { walk, sized: children })
      : 0;
  const isList = isListType(getNullableType(field.type));
  const count = isList ? (sized.get(field.name) ?? size ?? defaultListSize) : 1;
  return count * (weight + below);
}

/** Without @listSize, `first`, `last` and `limit` say how long a list or the list of a connection is. */
function conventionalRule(field: GraphQLField<unknown, unknown>): ListRule | undefined {
  const slicing = field.args
    .map(({ name }) => name)
    .filter((name) => ['first', 'last', 'limit'].includes(name));
  return slicing.length > 0
    ? { slicingArguments: slicing, sizedFields: ['edges', 'nodes'] }
    : undefined;
}

function slicedSize(
  node: FieldNode,
  field: GraphQLField<unknown, unknown>,
  slicing: string[],
  { variables }: Walk,
): number | undefined {
  const sizes = slicing.flatMap((name) => {
    const value = node.arguments?.find((argument) => argument.name.value === name)?.value;
    const fallback = field.args.find((argument) => argument.name === name)?.defaultValue as unknown;
    const given =
      value?.kind === Kind.VARIABLE
        ? variables.get(value.name.value)
        : (integer(value) ?? fallback);
    return typeof given === 'number' ? [given] : [];
  });
  return sizes.length > 0 ? Math.max(...sizes) : undefined;
}
