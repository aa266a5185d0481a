import type { ASTNode } from 'graphql';
import type { ParsedSubgraph } from '../compose/parse-subgraph.ts';
import type { Severity } from '../report/problem.ts';

/** One thing a rule found. */
export interface LintFinding {
  node: ASTNode;
  message: string;
  coordinate: string;
}

/** What a rule looks at. */
interface LintContext {
  subgraph: ParsedSubgraph;
  /** Options of the rule from trellis.yaml. */
  options: Record<string, unknown>;
  /** ISO day. */
  today: string;
}

/** One rule, one file. */
export interface LintRule {
  /** Kebab-case, as written in trellis.yaml. */
  name: string;
  /** One sentence: what the rule wants, and why. */
  description: string;
  /** Level unless trellis.yaml says otherwise. */
  level: Severity | 'off';
  check: (context: LintContext) => LintFinding[];
}
