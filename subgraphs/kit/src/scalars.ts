import { isScalarType, type GraphQLScalarType, type GraphQLSchema } from 'graphql';
import {
  BigIntResolver,
  ByteResolver,
  CountryCodeResolver,
  CurrencyResolver,
  DateResolver,
  DateTimeResolver,
  DurationResolver,
  EmailAddressResolver,
  JSONResolver,
  LocaleResolver,
  NonNegativeIntResolver,
  PhoneNumberResolver,
  PositiveIntResolver,
  TimeZoneResolver,
  URLResolver,
  UUIDResolver,
} from 'graphql-scalars';

/** The custom scalars that a schema may declare without naming an implementation. */
export const scalars: Readonly<Record<string, GraphQLScalarType>> = {
  BigInt: BigIntResolver,
  Byte: ByteResolver,
  CountryCode: CountryCodeResolver,
  Currency: CurrencyResolver,
  Date: DateResolver,
  DateTime: DateTimeResolver,
  Duration: DurationResolver,
  EmailAddress: EmailAddressResolver,
  JSON: JSONResolver,
  Locale: LocaleResolver,
  NonNegativeInt: NonNegativeIntResolver,
  PhoneNumber: PhoneNumberResolver,
  PositiveInt: PositiveIntResolver,
  TimeZone: TimeZoneResolver,
  URL: URLResolver,
  UUID: UUIDResolver,
};

/** Picks the scalars that a schema declares and this file implements. */
export function scalarsNamedIn(schema: GraphQLSchema): Record<string, GraphQLScalarType> {
  return Object.fromEntries(
    Object.entries(scalars).filter(([name]) => isScalarType(schema.getType(name))),
  );
}
