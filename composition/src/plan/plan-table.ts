import type { ReportTable } from '../report/report.ts';
import type { PlanComparison } from './compare-plans.ts';
import { measureNames, type PlanMeasure } from './measure-plan.ts';

/** Operations whose plan changed, figure by figure; no table when none did. */
export function planTable(comparisons: PlanComparison[]): ReportTable[] {
  const changed = comparisons.filter(
    ({ before, after }) =>
      before && after && measureNames.some((name) => before[name] !== after[name]),
  );
  if (changed.length === 0) return [];
  const rows = changed.map(({ operation, before, after }) => [
    operation,
    ...measureNames.map((name) => difference(before, after, name)),
  ]);
  const columns = ['operation', 'fetches', 'waves', 'entity fetches', 'cost'];
  return [{ title: 'Plans that changed', columns, rows }];
}

function difference(
  before: PlanMeasure | undefined,
  after: PlanMeasure | undefined,
  name: (typeof measureNames)[number],
): string {
  const [old, now] = [before?.[name], after?.[name]];
  return old === now ? String(now) : `${old} → ${now}`;
}
