// Characters that JSON must escape, and surrogates: JSON.stringify writes lone ones as escapes.
// eslint-disable-next-line no-control-regex
const needsEscape = /["\\\u0000-\u001f\ud800-\udfff]/;

/** Writes a string as JSON. Nearly all strings need no escapes, and then nothing but quotes is added. */
export function writeString(value: string): string {
  return needsEscape.test(value) ? JSON.stringify(value) : `"${value}"`;
}

/**
 * Writes a value as JSON. Integers that no double holds come as objects with their digits (transport/exact-number.ts)
 * and are written digit by digit.
 */
export function writeJson(value: unknown): string {
  if (typeof value === 'string') return writeString(value);
  if (typeof value === 'number') return Number.isFinite(value) ? String(value) : 'null';
  if (typeof value === 'boolean') return value ? 'true' : 'false';
  if (typeof value !== 'object' || value === null) return 'null';
  if (Array.isArray(value)) return `[${value.map(writeJson).join(',')}]`;
  const digits = exactDigits(value);
  if (digits !== undefined) return digits;
  const fields = Object.entries(value).filter(([, field]) => field !== undefined);
  return `{${fields.map(([key, field]) => `${writeString(key)}:${writeJson(field)}`).join(',')}}`;
}

/** The digits of an integer beyond 2^53, undefined for everything else. Data from JSON has no methods. */
export function exactDigits(value: object): string | undefined {
  const { text, toJSON } = value as { readonly text?: unknown; readonly toJSON?: unknown };
  return typeof toJSON === 'function' && typeof text === 'string' ? text : undefined;
}
