import type { Condition } from './collect-cost-fields.ts';
import type { Amount } from './list-size.ts';

/** One field of the operation: `arguments + size × (weight + children)`. */
export interface CostNode {
  readonly responseName: string;
  readonly condition: Condition | undefined;
  readonly ofArguments: Amount;
  readonly size: Amount;
  readonly weight: number;
  readonly children: readonly CostNode[];
  /** The whole estimate, where it does not hang on variables. */
  readonly fixed: number | undefined;
}
