import { createHash } from 'node:crypto';
import {
  getNullableType,
  isAbstractType,
  isEnumType,
  isListType,
  isObjectType,
  isScalarType,
  type GraphQLOutputType,
  type GraphQLSchema,
} from 'graphql';

/** An object of a mock: fields it was given (a key), and where it stands, which decides its made-up values. */
export interface MockObject {
  __typename: string;
  /** Equal seeds give equal values. */
  seed: string;
  given: Record<string, unknown>;
}

const listLength = 3;

/** Values for custom scalars by name; an unknown scalar gets a text. */
const scalarValues: Record<string, (number: number) => unknown> = {
  Int: (number) => number % 100,
  Float: (number) => (number % 10_000) / 100,
  Boolean: (number) => number % 2 === 0,
  BigInt: (number) => String(number),
  Decimal: (number) => ((number % 10_000) / 100).toFixed(2),
  Date: (number) => `2026-01-${String((number % 28) + 1).padStart(2, '0')}`,
  DateTime: (number) => `2026-01-${String((number % 28) + 1).padStart(2, '0')}T12:00:00Z`,
  Time: () => '12:00:00Z',
  EmailAddress: (number) => `person${number % 1000}@example.com`,
  URL: (number) => `https://example.com/${number % 1000}`,
  UUID: (number) => `00000000-0000-4000-8000-${number.toString(16).padStart(12, '0')}`,
  Currency: () => 'EUR',
  CountryCode: () => 'DE',
  JSON: () => ({}),
};

/** A made-up value of a type; always the same for the same seed. */
export function mockValue(type: GraphQLOutputType, seed: string, schema: GraphQLSchema): unknown {
  const nullable = getNullableType(type);
  if (isListType(nullable)) {
    const item = nullable.ofType as GraphQLOutputType;
    return Array.from({ length: listLength }, (_item, index) =>
      mockValue(item, `${seed}.${index}`, schema),
    );
  }
  const number = numberOf(seed);
  if (isEnumType(nullable)) {
    const values = nullable.getValues();
    return values[number % values.length]?.value as unknown;
  }
  if (isScalarType(nullable)) {
    if (nullable.name === 'ID') return `${shortSeed(seed)}-${number % 1000}`;
    return (scalarValues[nullable.name] ?? (() => `${shortSeed(seed)} ${number % 1000}`))(number);
  }
  if (isObjectType(nullable))
    return { __typename: nullable.name, seed, given: {} } satisfies MockObject;
  if (isAbstractType(nullable)) {
    const types = schema.getPossibleTypes(nullable);
    const chosen = types[number % types.length];
    return chosen ? ({ __typename: chosen.name, seed, given: {} } satisfies MockObject) : null;
  }
  return null;
}

function numberOf(seed: string): number {
  return createHash('sha1').update(seed).digest().readUInt32BE(0);
}

/** The last names of a seed: what a person wants to see in a value. */
function shortSeed(seed: string): string {
  return seed
    .split('.')
    .filter((part) => !/^\d+$/.test(part) && !part.includes('{'))
    .slice(-2)
    .join(' ');
}
