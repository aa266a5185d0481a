import type { Denial } from '../request.ts';
import type { JsonObject, JsonValue } from '../transport/subgraph-fetch.ts';
import type { WriteObject, WriteValue } from './compile-value.ts';
import type { ReadField } from './read-field.ts';
import { addDenial } from './report.ts';
import type { Run } from './run.ts';

/** Stands where a value would that the caller may not see. */
class Hidden {
  readonly denial: Denial;

  constructor(denial: Denial) {
    this.denial = denial;
  }
}

/** Of a field that nobody has judged: that is a mistake of ours, and nothing to show. */
const notJudged: Denial = {
  message: 'It was not decided whether this may be shown.',
  extensions: { code: 'FORBIDDEN' },
};

/** Makes the reading and writing of a field ask first whether its object may show it. */
export function guardField(
  point: number,
  read: ReadField,
  field: {
    readonly responseName: string;
    readonly isNonNull: boolean;
    readonly write: WriteValue;
  },
): { readonly read: ReadField; readonly write: WriteValue } {
  return {
    read: (run, object) => {
      const hidden = run.hidden[point];
      if (hidden?.size === 0) return read(run, object);
      const denial = hidden ? hidden.get(object) : notJudged;
      return denial ? (new Hidden(denial) as unknown as JsonValue) : read(run, object);
    },
    write: (run, value) => {
      if (!((value as unknown) instanceof Hidden)) return field.write(run, value);
      addDenial(run, field.responseName, (value as unknown as Hidden).denial);
      return field.isNonNull ? undefined : 'null';
    },
  };
}

/**
 * Writes an object by itself when it may not show one of its guarded fields: rules may read of it what no representation
 * carries, so others of the same entity may differ. All else is written as if there were no rules.
 */
export function guardObject(
  points: readonly number[],
  { shown, hidden }: { readonly shown: WriteObject; readonly hidden: WriteObject },
): WriteObject {
  return (run, object) =>
    isHiddenAt(points, run, object) ? hidden(run, object) : shown(run, object);
}

function isHiddenAt(points: readonly number[], run: Run, object: JsonObject): boolean {
  for (const point of points) {
    const hidden = run.hidden[point];
    // Of a field that nobody has judged nothing is shown.
    if (!hidden || (hidden.size > 0 && hidden.has(object))) return true;
  }
  return false;
}
