import type { FetchStep } from '../planning/plan.ts';

/** An entity step without the fields that cannot be computed for some objects. */
export interface Omission {
  /** Equal for equal ones of equal steps. */
  readonly key: string;
  readonly step: FetchStep;
}
