import type { ParsedSubgraph } from '../compose/parse-subgraph.ts';
import { findDefinitions } from '../compose/find-definitions.ts';
import type { Problem } from '../report/problem.ts';
import { count } from '../report/report.ts';
import type { FindAffected } from './affected-operations.ts';
import type { ApiChange } from './api-change.ts';
import type { FindOwners } from './find-owners.ts';

/** What is needed to judge changes. */
export interface Judgement {
  changes: ApiChange[];
  /** The proposed subgraphs, to find the changed lines; empty when only two supergraphs are known. */
  subgraphs: ParsedSubgraph[];
  /** Undefined when no operations are known: then every breaking change is one. */
  findAffected: FindAffected | undefined;
  /** Which subgraphs had the changed element; absent: any that has its type. */
  findOwners?: FindOwners;
}

/**
 * Breaking and dangerous changes as problems. A breaking change that no known operation uses is a note;
 * one that is used names the operations and their clients.
 */
export function judgeChanges({
  changes,
  subgraphs,
  findAffected,
  findOwners,
}: Judgement): Problem[] {
  return changes.flatMap((change) => {
    if (change.level === 'safe') return [];
    const problem: Problem = {
      code: change.type,
      severity: change.level === 'breaking' ? 'error' : 'warning',
      message: change.message,
      subgraphs: [],
      places: placesOf(change.path, ownersAmong(subgraphs, findOwners?.(change.path))),
      coordinate: change.path,
    };
    problem.subgraphs = [...new Set(problem.places.flatMap(({ subgraph }) => subgraph ?? []))];
    if (!findAffected) return [problem];
    const affected = findAffected(change);
    if (affected.length === 0) {
      const severity = change.level === 'breaking' ? 'info' : problem.severity;
      return [{ ...problem, severity, message: `${change.message}\nNo known operation uses it.` }];
    }
    const listed = affected.slice(0, 5).map(describeOperation).join(', ');
    const more = affected.length > 5 ? ` and ${affected.length - 5} more` : '';
    const message = `${change.message}\nUsed by ${count(affected.length, 'known operation')}: ${listed}${more}.`;
    return [{ ...problem, message }];
  });
}

function ownersAmong(subgraphs: ParsedSubgraph[], owners: string[] = []): ParsedSubgraph[] {
  const own = subgraphs.filter(({ name }) => owners.includes(name));
  return own.length > 0 ? own : subgraphs;
}

/** The changed element, or what is left of the place it was removed from. */
function placesOf(path: string, subgraphs: ParsedSubgraph[]) {
  const [typeName = '', memberName, argumentName] = path.split('.');
  const candidates = [
    ...(argumentName === undefined ? [] : [`${typeName}.${memberName}(${argumentName}:)`]),
    ...(memberName === undefined ? [] : [`${typeName}.${memberName}`]),
    typeName,
  ];
  for (const coordinate of candidates) {
    const places = findDefinitions(coordinate, subgraphs);
    if (places.length > 0) return places;
  }
  return [];
}

function describeOperation({
  name,
  origin,
  count: times,
  clients,
}: ReturnType<FindAffected>[number]): string {
  const from = clients.length > 0 ? `, ${clients.slice(0, 3).join(' and ')}` : '';
  return `${name} (${origin}${times === undefined ? '' : `, ${times}×`}${from})`;
}
