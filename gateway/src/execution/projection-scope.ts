import type { InternalNames } from '../planning/internal-names.ts';
import type { CollectScope } from './collect-fields.ts';
import type { StepTable } from './step-table.ts';
import type { TypeRelations } from './type-relations.ts';

/** What the writing of an operation is compiled with. */
export interface ProjectionScope extends CollectScope {
  readonly types: TypeRelations;
  readonly names: InternalNames;
  /** What authorization took out: response names at the root, `Type.field` below. */
  readonly removed: ReadonlySet<string>;
  /** `Type.field` that is decided object by object. */
  readonly guarded: ReadonlySet<string>;
  /** By `position.id name`: the guard point of a field. */
  readonly points: ReadonlyMap<string, number>;
  readonly steps: StepTable;
  /** Numbers the places where written text is kept. */
  readonly memos: { count: number };
}
