import type { FixEdit, Problem } from '../report/problem.ts';
import type { ParsedSubgraph } from '../compose/parse-subgraph.ts';

/** A change that may make a problem go away. Only composing the changed schemas tells. */
export interface FixCandidate {
  /** In the imperative, without the place: `add @shareable`. */
  title: string;
  edits: FixEdit[];
}

/** Knows candidates for some error codes, best first. */
export interface FixRule {
  codes: readonly string[];
  propose: (problem: Problem, subgraphs: ParsedSubgraph[]) => FixCandidate[];
}
