import type { CompositionSuccess } from '@apollo/composition';
import type { Problem, Severity } from '../report/problem.ts';
import { placesOf } from './explain-error.ts';
import type { LocatedNode } from './locate.ts';
import type { ParsedSubgraph } from './parse-subgraph.ts';

type CompositionHint = CompositionSuccess['hints'][number];

const severities: Record<string, Severity> = { WARN: 'warning', INFO: 'info', DEBUG: 'info' };

/** Turns a hint of composition into a problem of severity warning (level WARN) or info (INFO, DEBUG). */
export function explainHint(hint: CompositionHint, subgraphs: ParsedSubgraph[]): Problem {
  const places = placesOf((hint.nodes ?? []) as LocatedNode[], '', subgraphs);
  const owners = places.flatMap(({ subgraph }) => (subgraph === undefined ? [] : [subgraph]));
  const problem: Problem = {
    code: hint.definition.code,
    severity: severities[hint.definition.level.name] ?? 'info',
    message: hint.message,
    subgraphs: [...new Set(owners)].toSorted(),
    places,
  };
  if (hint.coordinate !== undefined) problem.coordinate = hint.coordinate;
  return problem;
}
