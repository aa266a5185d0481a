import type { KnownOperation } from '../operations/known-operation.ts';
import type { ReportTable } from '../report/report.ts';
import type { FindAffected } from './affected-operations.ts';
import type { ApiChange } from './api-change.ts';

const maxRows = 50;

/** Known operations that use something that changes, and what of it; the most asked for first. */
export function affectedTable(
  changes: ApiChange[],
  findAffected: FindAffected | undefined,
): ReportTable[] {
  if (!findAffected) return [];
  const byOperation = new Map<KnownOperation, ApiChange[]>();
  for (const change of changes) {
    if (change.level === 'safe') continue;
    for (const operation of findAffected(change)) {
      byOperation.set(operation, [...(byOperation.get(operation) ?? []), change]);
    }
  }
  if (byOperation.size === 0) return [];
  const affected = [...byOperation].toSorted(([a], [b]) => (b.count ?? 0) - (a.count ?? 0));
  const rows = affected
    .slice(0, maxRows)
    .map(([operation, concerned]) => [
      operation.name,
      `${operation.origin}:${operation.line}`,
      operation.clients.join(', '),
      operation.count === undefined ? '' : String(operation.count),
      concerned.map(({ path, level }) => `${path} (${level})`).join(', '),
    ]);
  const title =
    affected.length > maxRows
      ? `Affected operations (${maxRows} of ${affected.length})`
      : 'Affected operations';
  return [{ title, columns: ['operation', 'where', 'clients', 'times', 'uses'], rows }];
}
