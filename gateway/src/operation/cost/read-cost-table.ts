import {
  isAbstractType,
  isCompositeType,
  isInputObjectType,
  isInterfaceType,
  Kind,
  parse,
  type ConstDirectiveNode,
  type DocumentNode,
  type GraphQLSchema,
} from 'graphql';
import { argumentOf, listOf, numberOf, readImports, textOf } from '../directive-arguments.ts';

/** What `@listSize` says of a field (IBM cost specification, "The listSize directive"). */
export interface ListSize {
  readonly assumedSize: number | undefined;
  /** Arguments that say how many come. */
  readonly slicingArguments: readonly string[];
  /** Fields of the returned object that are the list. Empty: the field itself is. */
  readonly sizedFields: readonly string[];
  readonly requireOneSlicingArgument: boolean;
}

/** The weights of a supergraph; what has none costs what its kind costs. */
export interface CostTable {
  /** By type name: composite types 1, scalars and enums 0, unless `@cost` says otherwise. */
  typeWeight(name: string): number;
  /** By coordinate: `Type.field`, `Type.field(argument:)`, `Input.field`. */
  readonly weights: ReadonlyMap<string, number>;
  /** By coordinate of the field. */
  readonly listSizes: ReadonlyMap<string, ListSize>;
}

const feature = 'https://specs.apollo.dev/cost/';

/**
 * Reads `@cost` and `@listSize` of a supergraph, under whatever names it imports them (federation 2.9 and later). Fields
 * of interfaces, which cannot carry them, get the largest of their implementations.
 */
export function readCostTable(
  sdl: string,
  schema: GraphQLSchema,
  document = () => parse(sdl, { noLocation: true }),
): CostTable {
  const weights = new Map<string, number>();
  const typeWeights = new Map<string, number>();
  const listSizes = new Map<string, ListSize>();
  if (sdl.includes(feature)) {
    readDirectives(document(), { weights, typeWeights, listSizes });
  }
  spreadToInterfaces(schema, weights, listSizes);
  spreadToAbstractTypes(schema, typeWeights);
  return {
    weights,
    listSizes,
    typeWeight: (name) => typeWeights.get(name) ?? defaultWeight(schema, name),
  };
}

function defaultWeight(schema: GraphQLSchema, name: string): number {
  const type = schema.getType(name);
  return type && (isCompositeType(type) || isInputObjectType(type)) ? 1 : 0;
}

interface Target {
  readonly weights: Map<string, number>;
  readonly typeWeights: Map<string, number>;
  readonly listSizes: Map<string, ListSize>;
}

function readDirectives(document: DocumentNode, target: Target): void {
  const names = readNames(document);
  for (const definition of document.definitions) {
    if (!('name' in definition) || !definition.name || !('directives' in definition)) continue;
    const typeName = definition.name.value;
    const weight = weightOf(definition.directives as readonly ConstDirectiveNode[], names);
    if (weight !== undefined) target.typeWeights.set(typeName, weight);
    if (!('fields' in definition)) continue;
    for (const field of definition.fields ?? []) {
      const coordinate = `${typeName}.${field.name.value}`;
      const own = weightOf(field.directives, names);
      if (own !== undefined) target.weights.set(coordinate, own);
      if (field.kind !== Kind.FIELD_DEFINITION) continue;
      const listSize = field.directives?.find(({ name }) => names.get(name.value) === 'listSize');
      if (listSize) target.listSizes.set(coordinate, readListSize(listSize));
      for (const argument of field.arguments ?? []) {
        const ofArgument = weightOf(argument.directives, names);
        const place = `${coordinate}(${argument.name.value}:)`;
        if (ofArgument !== undefined) target.weights.set(place, ofArgument);
      }
    }
  }
}

/** Directive name in this supergraph → which of the two it is. */
function readNames(document: DocumentNode): ReadonlyMap<string, 'cost' | 'listSize'> {
  const names = new Map<string, 'cost' | 'listSize'>();
  for (const { url, namespace = 'cost', names: imported } of readImports(document)) {
    if (!url.startsWith(feature)) continue;
    names.set(namespace, 'cost');
    names.set(`${namespace}__cost`, 'cost').set(`${namespace}__listSize`, 'listSize');
    for (const name of ['cost', 'listSize'] as const) {
      const used = imported.get(name);
      if (used !== undefined) names.set(used, name);
    }
  }
  return names;
}

function weightOf(
  directives: readonly ConstDirectiveNode[] | undefined,
  names: ReadonlyMap<string, 'cost' | 'listSize'>,
): number | undefined {
  const directive = directives?.find(({ name }) => names.get(name.value) === 'cost');
  return directive && numberOf(argumentOf(directive, 'weight'));
}

function readListSize(directive: ConstDirectiveNode): ListSize {
  const names = listOf(argumentOf(directive, 'slicingArguments')).map((each) => textOf(each) ?? '');
  const required = argumentOf(directive, 'requireOneSlicingArgument');
  return {
    assumedSize: numberOf(argumentOf(directive, 'assumedSize')),
    slicingArguments: names,
    sizedFields: listOf(argumentOf(directive, 'sizedFields')).map((each) => textOf(each) ?? ''),
    requireOneSlicingArgument:
      names.length > 0 && !(required?.kind === Kind.BOOLEAN && !required.value),
  };
}

function spreadToInterfaces(
  schema: GraphQLSchema,
  weights: Map<string, number>,
  listSizes: Map<string, ListSize>,
): void {
  for (const type of Object.values(schema.getTypeMap())) {
    if (!isInterfaceType(type)) continue;
    const implementations = schema.getPossibleTypes(type);
    for (const field of Object.keys(type.getFields())) {
      const places = implementations.map(({ name }) => `${name}.${field}`);
      const heaviest = largest(places.map((place) => weights.get(place)));
      if (heaviest !== undefined) weights.set(`${type.name}.${field}`, heaviest);
      const size = places.map((place) => listSizes.get(place)).find(Boolean);
      if (size && !listSizes.has(`${type.name}.${field}`)) {
        listSizes.set(`${type.name}.${field}`, size);
      }
    }
  }
}

function spreadToAbstractTypes(schema: GraphQLSchema, typeWeights: Map<string, number>): void {
  for (const type of Object.values(schema.getTypeMap())) {
    if (!isAbstractType(type)) continue;
    const possible = schema.getPossibleTypes(type).map(({ name }) => typeWeights.get(name) ?? 1);
    typeWeights.set(type.name, largest(possible) ?? 1);
  }
}

function largest(values: readonly (number | undefined)[]): number | undefined {
  const known = values.filter((value) => value !== undefined);
  return known.length > 0 ? Math.max(...known) : undefined;
}
