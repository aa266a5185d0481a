import type { GraphQLFieldResolver, GraphQLObjectType, GraphQLOutputType } from 'graphql';
import { mockValue, type MockObject } from './mock-value.ts';

/**
 * Resolves every field of a mocked subgraph. A representation keeps the fields it came with, an argument with the
 * name of a field (`product(id: "7")`) becomes that field, all else is made up from the object's identity:
 * the same product has the same name wherever it is asked for.
 */
export function createMockResolver(sdl: string): GraphQLFieldResolver<unknown, unknown> {
  return (source, args: Record<string, unknown>, _context, info) => {
    const { fieldName, parentType, schema, returnType } = info;
    if (fieldName === '_service' && parentType === schema.getQueryType()) return { sdl };
    if (fieldName === '_entities' && parentType === schema.getQueryType()) {
      return (args['representations'] as Record<string, unknown>[]).map(entityOf);
    }
    if (parentType.name === '_Service') return (source as { sdl: string }).sdl;
    const parent = (source ?? {
      __typename: parentType.name,
      seed: parentType.name,
      given: {},
    }) as MockObject;
    if (fieldName in parent.given) return givenValue(parent.given[fieldName], returnType);
    const value = mockValue(returnType, seedOf(parent, fieldName, args), schema);
    return isMockObject(value)
      ? {
          ...value,
          given: identifyingArguments(
            value,
            args,
            info.schema.getType(value.__typename) as GraphQLObjectType,
          ),
        }
      : value;
  };
}

function entityOf(representation: Record<string, unknown>): MockObject {
  const { __typename, ...given } = representation;
  const typeName = String(__typename);
  return { __typename: typeName, seed: `${typeName}.${JSON.stringify(given)}`, given };
}

function seedOf(parent: MockObject, fieldName: string, args: Record<string, unknown>): string {
  const suffix = Object.keys(args).length === 0 ? '' : `.${JSON.stringify(args)}`;
  return `${parent.seed}.${parent.__typename}.${fieldName}${suffix}`;
}

/** Nested objects of a representation become mock objects, so that their other fields can be made up too. */
function givenValue(value: unknown, type: GraphQLOutputType): unknown {
  if (Array.isArray(value)) return value.map((item) => givenValue(item, type));
  if (typeof value !== 'object' || value === null) return value;
  const given = value as Record<string, unknown>;
  const named = String(type).replace(/[[\]!]/g, '');
  const typeName = typeof given['__typename'] === 'string' ? given['__typename'] : named;
  return {
    __typename: typeName,
    seed: `${typeName}.${JSON.stringify(given)}`,
    given,
  } satisfies MockObject;
}

function identifyingArguments(
  value: MockObject,
  args: Record<string, unknown>,
  type: GraphQLObjectType,
): Record<string, unknown> {
  const fields = type.getFields();
  return {
    ...value.given,
    ...Object.fromEntries(Object.entries(args).filter(([name]) => name in fields)),
  };
}

function isMockObject(value: unknown): value is MockObject {
  return typeof value === 'object' && value !== null && 'seed' in value && 'given' in value;
}
