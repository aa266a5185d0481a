import pg from 'pg';

const { builtins } = pg.types;

/**
 * How columns arrive in JavaScript, where pg's own choice is a trap:
 * `bigint` (every `count(*)` and `sum(integer)`) as a number, not text;
 * `date` as `YYYY-MM-DD`, not as midnight of wherever the process runs.
 * `numeric` stays text: no number holds it exactly.
 */
export const columnTypes: pg.CustomTypesConfig = {
  getTypeParser: ((id: number, format?: 'text' | 'binary') => {
    if (format !== 'binary' && id === Number(builtins.INT8)) return readBigint;
    if (format !== 'binary' && id === Number(builtins.DATE)) return String;
    return pg.types.getTypeParser(id, format as 'text');
  }) as typeof pg.types.getTypeParser,
};

/** @throws RangeError for a value a JavaScript number cannot hold exactly */
function readBigint(text: string): number {
  const value = Number(text);
  if (!Number.isSafeInteger(value)) {
    throw new RangeError(`bigint ${text} is beyond what a number holds; select it as text`);
  }
  return value;
}
