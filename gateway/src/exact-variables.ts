import {
  GraphQLID,
  isInputObjectType,
  isListType,
  isNonNullType,
  type GraphQLInputType,
} from 'graphql';
import { ExactNumber, markLargeIntegers, readMarked } from './transport/exact-number.ts';

type Given = Readonly<Record<string, unknown>>;

/** Variables in which an integer is that no double holds. */
const exact = new WeakSet<object>();

const minDigits = 16;

/** Whether the text has 16 or more digits in a row. Looks at one character of sixteen: so many cannot be missed. */
function hasLongDigitRun(text: string): boolean {
  for (let at = minDigits - 1; at < text.length; at += minDigits) {
    if (!isDigit(text, at)) continue;
    let start = at;
    while (isDigit(text, start - 1)) start -= 1;
    let end = at;
    while (isDigit(text, end + 1)) end += 1;
    if (end - start + 1 >= minDigits) return true;
  }
  return false;
}

function isDigit(text: string, at: number): boolean {
  const code = text.charCodeAt(at);
  return code >= 0x30 && code <= 0x39;
}

/**
 * Parses what a client sent: parameters of a request, or variables. Integers that no double holds stay exact, and the
 * variables that hold one are known to `settleExactNumbers`.
 * @throws SyntaxError when the text is not JSON
 */
export function parseExactly(text: string): unknown {
  const marked = hasLongDigitRun(text) ? markLargeIntegers(text) : text;
  if (marked === text) return JSON.parse(text);
  const value: unknown = JSON.parse(marked);
  readMarks(value);
  for (const each of [value, isObject(value) ? value['variables'] : undefined]) {
    if (isObject(each)) exact.add(each);
  }
  return value;
}

/** Walks without recursion: what clients send may be nested deeper than the stack. */
function readMarks(root: unknown): void {
  const pending = [root];
  for (let container = pending.pop(); container !== undefined; container = pending.pop()) {
    if (typeof container !== 'object' || container === null) continue;
    const items = container as Record<string, unknown>;
    for (const key of Object.keys(items)) {
      const item = items[key];
      if (typeof item === 'object' && item !== null) pending.push(item);
      else if (typeof item === 'string') items[key] = readMarked(item) ?? item;
    }
  }
}

/**
 * Returns a value of a client's variables as graphql-js takes it: for an `ID` the digits that were sent, in all other
 * places the number that JSON.parse makes of them.
 * @param given the variables it belongs to
 */
export function settleExactNumbers(given: Given, value: unknown, type: GraphQLInputType): unknown {
  return exact.has(given) ? settle(value, type) : value;
}

function settle(value: unknown, type: GraphQLInputType | undefined): unknown {
  if (isNonNullType(type)) return settle(value, type.ofType as GraphQLInputType);
  if (value instanceof ExactNumber) return settleNumber(value, type);
  if (Array.isArray(value)) {
    const inner = isListType(type) ? (type.ofType as GraphQLInputType) : undefined;
    return value.map((item) => settle(item, inner));
  }
  if (!isObject(value)) return value;
  if (isListType(type)) return settle(value, type.ofType as GraphQLInputType);
  const fields = isInputObjectType(type) ? type.getFields() : {};
  return Object.fromEntries(
    Object.entries(value).map(([name, item]) => {
      const field = Object.hasOwn(fields, name) ? fields[name] : undefined;
      return [name, settle(item, field?.type)];
    }),
  );
}

/** One value stands for a list of one (GraphQL October 2021, §3.11). */
function settleNumber(value: ExactNumber, type: GraphQLInputType | undefined): string | number {
  let named = type;
  while (isListType(named) || isNonNullType(named)) named = named.ofType as GraphQLInputType;
  return named?.name === GraphQLID.name ? value.text : Number(value.text);
}

function isObject(value: unknown): value is Given {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
