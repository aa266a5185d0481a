import type { Denial } from '../request.ts';
import type { JsonValue } from '../transport/subgraph-fetch.ts';
import type { WriteValue } from './compile-value.ts';
import type { ReadField } from './read-field.ts';
import { addDenial } from './report.ts';

/** Stands where a value would that the caller may not see. */
class Hidden {
  readonly denial: Denial;

  constructor(denial: Denial) {
    this.denial = denial;
  }
}

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
      const denial = run.hidden[point]?.get(object);
      return denial ? (new Hidden(denial) as unknown as JsonValue) : read(run, object);
    },
    write: (run, value) => {
      if (!((value as unknown) instanceof Hidden)) return field.write(run, value);
      addDenial(run, field.responseName, (value as unknown as Hidden).denial);
      return field.isNonNull ? undefined : 'null';
    },
  };
}
