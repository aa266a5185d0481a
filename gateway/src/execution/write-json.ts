// Characters that JSON must escape, and surrogates: JSON.stringify writes lone ones as escapes.
// eslint-disable-next-line no-control-regex
const needsEscape = /["\\\u0000-\u001f\ud800-\udfff]/;

/** Writes a string as JSON. Nearly all strings need no escapes, and then nothing but quotes is added. */
export function writeString(value: string): string {
  return needsEscape.test(value) ? JSON.stringify(value) : `"${value}"`;
}

/** Levels a value may be nested. Beyond a few thousand the writing of it would not fit into the stack. */
const maxDepth = 1_000;

/**
 * Writes a value as JSON. Integers that no double holds come as objects with their digits (transport/exact-number.ts)
 * and are written digit by digit.
 * @throws RangeError for what is nested deeper than a thousand levels
 */
export function writeJson(value: unknown): string {
  return write(value, maxDepth);
}

/** The same for values of subgraphs. Undefined for what is nested too deep to be written. */
export function writeJsonWithin(value: unknown): string | undefined {
  try {
    return write(value, maxDepth);
  } catch (error) {
    if (error instanceof RangeError) return undefined;
    throw error;
  }
}

function write(value: unknown, levels: number): string {
  if (typeof value === 'string') return writeString(value);
  if (typeof value === 'number') return Number.isFinite(value) ? String(value) : 'null';
  if (typeof value === 'boolean') return value ? 'true' : 'false';
  if (typeof value !== 'object' || value === null) return 'null';
  if (levels === 0) throw new RangeError(`A value is nested deeper than ${maxDepth} levels.`);
  if (Array.isArray(value)) return `[${value.map((item) => write(item, levels - 1)).join(',')}]`;
  const digits = exactDigits(value);
  if (digits !== undefined) return digits;
  const fields = Object.entries(value).filter(([, field]) => field !== undefined);
  const written = fields.map(([key, field]) => `${writeString(key)}:${write(field, levels - 1)}`);
  return `{${written.join(',')}}`;
}

/** The digits of an integer beyond 2^53, undefined for everything else. Data from JSON has no methods. */
export function exactDigits(value: object): string | undefined {
  const { text, toJSON } = value as { readonly text?: unknown; readonly toJSON?: unknown };
  return typeof toJSON === 'function' && typeof text === 'string' ? text : undefined;
}
