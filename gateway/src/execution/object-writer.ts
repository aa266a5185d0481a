import type { JsonObject, JsonValue } from '../transport/subgraph-fetch.ts';
import type { WriteObject, WriteValue } from './compile-value.ts';
import type { Memo } from './memo.ts';
import { atPlace } from './position.ts';
import { entityIndexOf, entityOf, type ReadField } from './read-field.ts';
import type { Run } from './run.ts';

/** One field of the answer's objects of one type. */
export interface FieldWriter {
  /** Comma, key and colon, as JSON. */
  readonly prefix: string;
  /** Where to read: a step, or the object itself. Ignored when there is a `read`. */
  readonly step: number;
  readonly dataName: string;
  readonly read: ReadField | undefined;
  /** Number of the memo for its text by entity; -1 for none. */
  readonly memo: number;
  readonly write: WriteValue;
}

/** Writes objects field by field. */
export function objectWriter(fields: readonly FieldWriter[]): WriteObject {
  if (fields.length === 0) return () => '{}';
  return (run, object) => {
    let text = '{';
    let step = atPlace;
    let from: JsonObject | null | undefined = object;
    for (const field of fields) {
      let value: JsonValue | undefined;
      if (field.read) value = field.read(run, object);
      else {
        if (field.step !== step) {
          step = field.step;
          from = step === atPlace ? object : entityOf(run, step, object);
        }
        value = from?.[field.dataName];
      }
      const written =
        field.memo < 0 ? field.write(run, value) : writeOnce(run, object, field, value);
      if (written === undefined) return undefined;
      text += field.prefix + written;
    }
    return `${text}}`;
  };
}

/** Writes a field of an entity that several places share: the text is the same at each. */
function writeOnce(
  run: Run,
  object: JsonObject,
  field: FieldWriter,
  value: JsonValue | undefined,
): string | undefined {
  const fetched = run.fetched[field.step];
  if (!fetched?.isShared) return field.write(run, value);
  const entity = entityIndexOf(run, fetched, object);
  if (entity === undefined) return field.write(run, value);
  const texts = (run.texts[field.memo] ??= []);
  const known = texts[entity];
  if (known !== undefined) return known;
  const before = run.violations;
  const text = field.write(run, value);
  return text !== undefined && run.violations === before ? (texts[entity] = flat(text)) : text;
}

/**
 * A string made of parts is kept as a tree of them until somebody reads it. One that will be part of many others is
 * better made one piece at once: reading it as a number does that.
 */
function flat(text: string): string {
  Number(text);
  return text;
}

/** Writes an object once per entity: equal representations, equal text. */
export function withWholeMemo(write: WriteObject, { step, memo }: Memo): WriteObject {
  return (run, object) => {
    const fetched = run.fetched[step];
    const entity = fetched?.isShared ? entityIndexOf(run, fetched, object) : undefined;
    if (entity === undefined) return write(run, object);
    const texts = (run.texts[memo] ??= []);
    const known = texts[entity];
    if (known !== undefined) return known;
    const before = run.violations;
    const text = write(run, object);
    return text !== undefined && run.violations === before ? (texts[entity] = flat(text)) : text;
  };
}
