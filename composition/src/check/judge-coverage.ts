import type { UsageCoverage } from '../operations/read-usage-log.ts';
import type { Problem } from '../report/problem.ts';
import { count } from '../report/report.ts';

const dayMs = 86_400_000;

/**
 * Says where a usage log cannot carry the verdict that nobody uses something: it begins later than the days that are
 * asked about, or its bound was reached and it only counted requests.
 * @param problems what was found; only breaking changes that pass because nobody uses them need the log to be whole
 */
export function judgeCoverage(
  { since, beyond }: UsageCoverage,
  { sinceDays, problems, now = new Date() }: { sinceDays: number; problems: Problem[]; now?: Date },
): Problem[] {
  const isTrusted = problems.some(
    ({ severity, message }) =>
      severity === 'info' && message.endsWith('No known operation uses it.'),
  );
  if (!isTrusted) return [];
  const knownDays = since ? Math.floor((now.getTime() - since.getTime()) / dayMs) : sinceDays;
  const gaps = [
    ...(since && knownDays < sinceDays - 1
      ? [
          `it begins on ${since.toISOString().slice(0, 10)}, which is ${count(knownDays, 'day')} ago, not ${sinceDays}`,
        ]
      : []),
    ...(beyond > 0
      ? [`it only counted ${count(beyond, 'request')} beyond usage.maxOperations of the gateway`]
      : []),
  ];
  if (gaps.length === 0) return [];
  return [
    {
      code: 'USAGE_LOG_INCOMPLETE',
      severity: 'warning',
      message: `The usage log does not prove that nobody uses what changes: ${gaps.join(', and ')}.`,
      subgraphs: [],
      places: [],
    },
  ];
}
