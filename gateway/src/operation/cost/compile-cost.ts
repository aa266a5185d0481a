import {
  isListType,
  isNonNullType,
  type DocumentNode,
  type GraphQLOutputType,
  type GraphQLSchema,
  type OperationDefinitionNode,
  type SelectionSetNode,
  type GraphQLCompositeType,
} from 'graphql';
import { fragmentsOf } from '../../fragments-of.ts';
import type { OperationCost } from '../prepared-operation.ts';
import { measureActual } from './actual-cost.ts';
import { compileArgumentCost } from './argument-cost.ts';
import type { CostNode } from './cost-node.ts';
import {
  collectCostFields,
  typeBelow,
  type CollectInput,
  type CostField,
} from './collect-cost-fields.ts';
import { amountOf, compileListSize, type Amount } from './list-size.ts';
import { saturate } from './operation-cost.ts';
import type { CostTable, ListSize } from './read-cost-table.ts';

/** What stands in for what the schema does not say. */
export interface CostDefaults {
  /** Items of a list that says nothing of its size. */
  readonly listSize: number;
  /** What a mutation costs beside its fields. */
  readonly mutation: number;
  /** Arguments that are taken for slicing arguments where there is no `@listSize`. */
  readonly pageArguments: readonly string[];
}

export interface CostInput {
  readonly document: DocumentNode;
  readonly operation: OperationDefinitionNode;
  readonly schema: GraphQLSchema;
  readonly table: CostTable;
  readonly defaults: CostDefaults;
}

/** Fields of a page that are taken for its list where there is no `@listSize`. */
const pageFields = ['edges', 'nodes', 'items'];

/** Compiles what one operation costs (IBM cost specification; the sum is the one Apollo Router documents). */
export function compileCost(input: CostInput): OperationCost {
  const { document, operation, schema, defaults } = input;
  const root = schema.getRootType(operation.operation);
  const compiler = new CostCompiler(input, fragmentsOf(document));
  const children = root ? compiler.compile([operation.selectionSet], root, undefined) : [];
  const base = operation.operation === 'mutation' ? defaults.mutation : 0;
  const fixed = sumFixed(base, children);
  return {
    estimate: (variables) =>
      fixed ?? children.reduce((sum, node) => saturate(sum + estimate(node, variables)), base),
    actual: (variables, data) => saturate(base + measureActual(children, variables, data)),
  };
}

function estimate(node: CostNode, variables: Readonly<Record<string, unknown>>): number {
  if (node.fixed !== undefined) return node.fixed;
  if (node.condition && !node.condition(variables)) return 0;
  let each = node.weight;
  for (const child of node.children) each = saturate(each + estimate(child, variables));
  const items = saturate(amountOf(node.size, variables) * each);
  return saturate(amountOf(node.ofArguments, variables) + items);
}

function sumFixed(base: number, nodes: readonly CostNode[]): number | undefined {
  let sum = base;
  for (const { fixed } of nodes) {
    if (fixed === undefined) return undefined;
    sum = saturate(sum + fixed);
  }
  return sum;
}

/** What a field says of the lists right below it. */
interface SizedBelow {
  readonly fields: readonly string[];
  readonly size: Amount;
}

class CostCompiler {
  readonly #input: CostInput;
  readonly #collect: CollectInput;

  constructor(input: CostInput, fragments: CollectInput['fragments']) {
    this.#input = input;
    this.#collect = { schema: input.schema, fragments };
  }

  compile(
    sets: readonly SelectionSetNode[],
    parent: GraphQLCompositeType,
    sized: SizedBelow | undefined,
  ): CostNode[] {
    return collectCostFields(sets, parent, this.#collect).map((field) => this.#node(field, sized));
  }

  #node(field: CostField, sized: SizedBelow | undefined): CostNode {
    const { definition, responseName, condition, parent, node } = field;
    if (!definition) return introspection(field);
    const coordinate = `${parent.name}.${definition.name}`;
    const { table } = this.#input;
    const below = typeBelow(field);
    const own = this.#sizeRule(coordinate, definition);
    const slice = own && compileListSize(node, definition, own, this.#input.defaults.listSize);
    const isSized = sized?.fields.includes(definition.name);
    const isList = depthOfLists(definition.type) > 0;
    const size = isSized ? sized?.size : isList && !own?.sizedFields.length ? slice : undefined;
    const children = below
      ? this.compile(
          field.selectionSets,
          below,
          slice !== undefined && own ? { fields: own.sizedFields, size: slice } : undefined,
        )
      : [];
    const made = {
      responseName,
      condition,
      ofArguments: checkingSlice(
        compileArgumentCost(node, definition, coordinate, table),
        own?.requireOneSlicingArgument ? slice : undefined,
      ),
      size: isList ? (size ?? this.#input.defaults.listSize) : 1,
      weight: table.weights.get(coordinate) ?? table.typeWeight(named(definition.type)),
      children,
    };
    return { ...made, fixed: foldNode(made) };
  }

  /** `@listSize`, or what the names of arguments let expect. */
  #sizeRule(
    coordinate: string,
    definition: NonNullable<CostField['definition']>,
  ): ListSize | undefined {
    const declared = this.#input.table.listSizes.get(coordinate);
    if (declared) return declared;
    const { pageArguments } = this.#input.defaults;
    const slicing = definition.args.filter(({ name }) => pageArguments.includes(name));
    if (slicing.length === 0) return undefined;
    return {
      assumedSize: undefined,
      slicingArguments: slicing.map(({ name }) => name),
      sizedFields: depthOfLists(definition.type) > 0 ? [] : pageFields,
      requireOneSlicingArgument: false,
    };
  }
}

/** A page must be sliced even when its list is not asked for. */
function checkingSlice(cost: Amount, slice: Amount | undefined): Amount {
  if (typeof slice !== 'function') return cost;
  return (variables) => {
    slice(variables);
    return amountOf(cost, variables);
  };
}

/** `__schema` and `__type`: what they answer is bounded by the schema and the depth rule of introspection. */
function introspection({ responseName, condition }: CostField): CostNode {
  const made = { responseName, condition, ofArguments: 0, size: 1, weight: 1, children: [] };
  return { ...made, fixed: condition ? undefined : 1 };
}

function foldNode(node: Omit<CostNode, 'fixed'>): number | undefined {
  const { condition, ofArguments, size, weight, children } = node;
  if (condition || typeof ofArguments !== 'number' || typeof size !== 'number') return undefined;
  const each = sumFixed(weight, children);
  return each === undefined ? undefined : saturate(ofArguments + saturate(size * each));
}

function depthOfLists(type: GraphQLOutputType): number {
  if (isNonNullType(type)) return depthOfLists(type.ofType);
  return isListType(type) ? 1 + depthOfLists(type.ofType) : 0;
}

function named(type: GraphQLOutputType): string {
  return isNonNullType(type) || isListType(type) ? named(type.ofType) : type.name;
}
