import type { Run } from './run.ts';
import type { JsonValue } from '../transport/subgraph-fetch.ts';

/** Thrown by a list's writer, and caught where the writing of the answer began: others have their turn now. */
export const pause = new Error('the answer is written in pieces');

/** How answers are written that are not small. */
export interface PieceSize {
  /** Items of lists, all together, that are written without a pause. */
  readonly items: number;
  /** How long a piece may take before the next one waits for its turn. */
  readonly durationMs: number;
}

/** So many objects take a few milliseconds. */
export const defaultPieceSize: PieceSize = { items: 4_000, durationMs: 15 };

/** A list that is written as far as item `at`. */
interface BegunList {
  readonly at: number;
  readonly text: string;
  /** How often its items, so far, have met what they could not show. */
  readonly violations: number;
}

const begunHere: BegunList = { at: 0, text: '[', violations: 0 };

/** Whole lists shorter than this are written once more after a pause. */
const minKeptLength = 4_096;

/**
 * What is written of an answer so far. After a pause the writer begins at the root again: what stands before a list that
 * was interrupted is little, and the list goes on where it was.
 */
export class Pieces {
  readonly #lists = new Map<string, BegunList>();
  readonly #durationMs: number;
  #untilMs = 0;

  constructor({ durationMs }: PieceSize) {
    this.#durationMs = durationMs;
  }

  begin(): void {
    this.#untilMs = performance.now() + this.#durationMs;
  }

  get isOver(): boolean {
    return performance.now() >= this.#untilMs;
  }

  /** @param key tells places of the answer apart */
  list(key: string): BegunList {
    return this.#lists.get(key) ?? begunHere;
  }

  keep(key: string, list: BegunList): void {
    this.#lists.set(key, list);
  }
}

type WriteItem = (run: Run, value: JsonValue) => string | undefined;

/**
 * Writes a list as a list's writer does, but item by item only as long as this turn's piece lasts.
 * @throws pause when the rest has to wait
 */
export function writeListInPieces(
  run: Run,
  list: readonly JsonValue[],
  writeItem: WriteItem,
): string | undefined {
  const { pieces, path } = run;
  // Nobody knew that the answer is a large one: from here on it is.
  if (!pieces) throw pause;
  const depth = path.length;
  const key = path.join(' ');
  const begun = pieces.list(key);
  const before = run.violations;
  run.violations += begun.violations;
  let { at, text } = begun;
  const keep = (): void => pieces.keep(key, { at, text, violations: run.violations - before });
  for (; at < list.length; at += 1) {
    // Each turn takes every list it comes to at least one item further.
    if (at > begun.at && pieces.isOver) {
      keep();
      throw pause;
    }
    path[depth] = at;
    const soFar = run.violations;
    let item: string | undefined;
    try {
      item = writeItem(run, list[at] as JsonValue);
    } catch (error) {
      run.violations = soFar;
      if (error === pause) keep();
      throw error;
    }
    if (item === undefined) {
      path.length = depth;
      return undefined;
    }
    text += at === 0 ? item : `,${item}`;
  }
  path.length = depth;
  if (text.length >= minKeptLength && begun.at < at) keep();
  return `${text}]`;
}
