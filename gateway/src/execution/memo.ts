import { atPlace, type Position } from './position.ts';
import { representationFields, type StepTable } from './step-table.ts';
import type { TypeRelations } from './type-relations.ts';

/** Where the text of whole objects is kept: by entity of a step. */
export interface Memo {
  readonly step: number;
  readonly memo: number;
}

interface ReadPlace {
  readonly field: { readonly step: number; readonly dataName: string };
  /** Whether it is read from that step alone. */
  readonly isDirect: boolean;
}

interface MemoScope {
  readonly types: TypeRelations;
  readonly steps: StepTable;
  readonly memos: { count: number };
}

/**
 * Finds a step whose representation decides everything written of an object: equal representations, equal text. So it
 * is when all that is read from the object itself stands in the representation, and so does all that other steps were
 * told of it.
 */
export function findWholeMemo(
  typeName: string,
  fields: readonly ReadPlace[],
  position: Position,
  scope: MemoScope,
): Memo | undefined {
  if (position.steps.length === 0 || !position.parent) return undefined;
  // What such a step brings depends on the objects around as well.
  if (position.steps.some(({ step }) => step.contexts.length > 0)) return undefined;
  const ownNames = new Set<string>();
  for (const { field, isDirect } of fields) {
    const { step, dataName } = field;
    if (dataName === '') continue;
    if (!isDirect) return undefined;
    if (step === atPlace) ownNames.add(dataName);
  }
  const tellsOf = (step: number): ReadonlySet<string> | undefined => {
    const entry = scope.steps[step];
    return entry && representationFields(entry, typeName, scope.types);
  };
  for (const { id } of position.steps) {
    const told = tellsOf(id);
    if (!told || [...ownNames].some((name) => !told.has(name))) continue;
    const othersFollow = position.steps.every((other) => {
      const names = tellsOf(other.id);
      return names !== undefined && [...names].every((name) => told.has(name) || !isOwn(name));
    });
    if (othersFollow) return { step: id, memo: scope.memos.count++ };
  }
  return undefined;

  function isOwn(name: string): boolean {
    return position.sources(name, typeName).some((source) => source.step === atPlace);
  }
}
