import type { OpenSupergraph } from '../graph/open-supergraph.ts';
import type { KnownOperation } from '../operations/known-operation.ts';
import type { PlanComparison } from '../plan/compare-plans.ts';
import { planTable } from '../plan/plan-table.ts';
import type { Problem } from '../report/problem.ts';
import { count, type Report } from '../report/report.ts';
import type { FindAffected } from './affected-operations.ts';
import { affectedTable } from './affected-table.ts';
import type { ApiChange } from './api-change.ts';
import { authorizationCoverage, coverageTable } from './authorization-coverage.ts';

/** All a check found. */
export interface CheckFindings {
  problems: Problem[];
  changes: ApiChange[];
  comparisons: PlanComparison[];
  before: OpenSupergraph;
  after: OpenSupergraph;
  operations: KnownOperation[];
  /** How many subgraphs were composed. */
  subgraphs: number;
  findAffected: FindAffected | undefined;
}

/** The findings as one report. */
export function makeCheckReport({
  problems,
  changes,
  comparisons,
  before,
  after,
  operations,
  subgraphs,
  findAffected,
}: CheckFindings): Report {
  const errors = problems.filter(({ severity }) => severity === 'error').length;
  const levels = (['breaking', 'dangerous', 'safe'] as const).map(
    (level) => `${changes.filter((change) => change.level === level).length} ${level}`,
  );
  const known =
    operations.length > 0
      ? `${count(operations.length, 'known operation')}`
      : 'no known operations';
  const coverage = {
    before: authorizationCoverage(before.sdl),
    after: authorizationCoverage(after.sdl),
  };
  return {
    command: 'supergraph check',
    passed: errors === 0,
    summary: `${errors === 0 ? 'passed' : count(errors, 'error')}; ${count(subgraphs, 'subgraph')} composed; changes against ${before.shownAs}: ${levels.join(', ')}; ${known}`,
    problems,
    tables: [
      ...affectedTable(changes, findAffected),
      ...safeChanges(changes),
      ...planTable(comparisons),
      coverageTable(coverage.before, coverage.after),
    ],
    details: { composition: 'passed', changes, plans: comparisons, authorization: coverage },
  };
}

function safeChanges(changes: ApiChange[]): Report['tables'] {
  const safe = changes.filter(({ level }) => level === 'safe');
  if (safe.length === 0) return [];
  const rows = safe.slice(0, 20).map(({ type, message }) => [type, message]);
  const title = safe.length > 20 ? `Safe changes (20 of ${safe.length})` : 'Safe changes';
  return [{ title, columns: ['kind', 'change'], rows }];
}
