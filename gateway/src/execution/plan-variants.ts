import type { RequestContext } from '../request.ts';
import { decidePercentLabel } from '../planning/override-labels.ts';

/** Decides labels that are no percentages. Undefined: the label is off. */
export type DecideLabel = (label: string, context: RequestContext) => boolean | undefined;

export type LabelDecisions = readonly (readonly [label: string, isOverridden: boolean])[];

/** Decides the labels of one request; all percentages are compared with one roll of the dice. */
export function decideLabels(
  labels: readonly string[],
  context: RequestContext,
  decide: DecideLabel | undefined,
): LabelDecisions {
  const roll = Math.random() * 100;
  return labels.map((label) => [
    label,
    decide?.(label, context) ?? decidePercentLabel(label, roll) ?? false,
  ]);
}
