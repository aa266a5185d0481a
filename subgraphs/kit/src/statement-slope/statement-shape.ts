/**
 * What two statements have in common that differ in their values, and in how many values they list, only:
 * `where "id" in ($1, $2)` and `where "id" in ($1)` are of one shape.
 */
export function shapeOf(sql: string): string {
  return sql
    .replace(/\s+/g, ' ')
    .replace(/'(?:[^']|'')*'|\$\d+|(?<![\w"])\d+(?:\.\d+)?/g, '?')
    .replace(/\?(?:, ?\?)+/g, '?')
    .replace(/\(\?\)(?:, ?\(\?\))+/g, '(?)')
    .trim();
}
