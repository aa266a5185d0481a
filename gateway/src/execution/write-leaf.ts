import { isEnumType, isSpecifiedScalarType } from 'graphql';
import type { GraphQLLeafType } from 'graphql';
import type { JsonValue } from '../transport/subgraph-fetch.ts';
import { exactDigits, writeJsonWithin, writeString } from './write-json.ts';

/**
 * Writes a leaf value that is not null. Undefined when it is none of the type's values.
 * @param isPlain no string needs an escape; looking for what does costs as much as all other writing together
 */
export type WriteLeaf = (value: JsonValue, isPlain: boolean) => string | undefined;

const maxInt = 2_147_483_647;
const minInt = -2_147_483_648;

/** Chooses the writer of a scalar or enum type. Custom scalars are written as they came, up to a thousand levels. */
export function writerOfLeaf(type: GraphQLLeafType): WriteLeaf {
  if (isEnumType(type)) return enumWriter(type.getValues().map(({ name }) => name));
  if (!isSpecifiedScalarType(type)) return writeJsonWithin;
  switch (type.name) {
    case 'Int':
      return writeInt;
    case 'Float':
      return writeFloat;
    case 'Boolean':
      return writeBoolean;
    case 'ID':
      return writeId;
    default:
      return writeText;
  }
}

/** Only values of the API schema: those that are @inaccessible never show. */
function enumWriter(names: readonly string[]): WriteLeaf {
  const written = new Map<JsonValue, string>(names.map((name) => [name, `"${name}"`]));
  return (value) => written.get(value);
}

function writeInt(value: JsonValue): string | undefined {
  if (typeof value !== 'number' || !Number.isInteger(value)) return undefined;
  return value <= maxInt && value >= minInt ? String(value) : undefined;
}

function writeFloat(value: JsonValue): string | undefined {
  if (typeof value === 'number') return Number.isFinite(value) ? String(value) : undefined;
  return typeof value === 'object' && value !== null ? exactDigits(value) : undefined;
}

function writeBoolean(value: JsonValue): string | undefined {
  if (value === true) return 'true';
  return value === false ? 'false' : undefined;
}

function writeText(value: JsonValue, isPlain: boolean): string | undefined {
  if (typeof value !== 'string') return undefined;
  return isPlain ? `"${value}"` : writeString(value);
}

/** An ID is a string to clients, also where a subgraph sends an integer (spec October 2021, §3.5.5). */
function writeId(value: JsonValue, isPlain: boolean): string | undefined {
  if (typeof value === 'string') return isPlain ? `"${value}"` : writeString(value);
  if (typeof value === 'number') return Number.isInteger(value) ? `"${value}"` : undefined;
  const digits = typeof value === 'object' && value !== null ? exactDigits(value) : undefined;
  return digits === undefined ? undefined : `"${digits}"`;
}
