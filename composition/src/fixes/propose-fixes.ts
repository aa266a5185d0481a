import { composeSubgraphs, type Composition } from '../compose/compose-subgraphs.ts';
import type { ParsedSubgraph } from '../compose/parse-subgraph.ts';
import type { FixEdit, Problem } from '../report/problem.ts';
import { applyEdits } from './edits.ts';
import type { FixCandidate, FixRule } from './fix-rule.ts';
import { addEntityKey } from './rules/add-entity-key.ts';
import { addMissingValues } from './rules/add-missing-values.ts';
import { alignDeclaration } from './rules/align-declaration.ts';
import { correctArgument } from './rules/correct-argument.ts';
import { correctFieldSet } from './rules/correct-field-set.ts';
import { correctTypeName } from './rules/correct-type-name.ts';
import { dropExtend } from './rules/drop-extend.ts';
import { hideOrShow } from './rules/hide-or-show.ts';
import { makeOptional } from './rules/make-optional.ts';
import { markExternal } from './rules/mark-external.ts';
import { moveAuthorization } from './rules/move-authorization.ts';
import { removeDefinition } from './rules/remove-definition.ts';
import { removeMisplacedDirective } from './rules/remove-misplaced-directive.ts';
import { removeUnusedExternal } from './rules/remove-unused-external.ts';
import { shareField } from './rules/share-field.ts';

const rules: readonly FixRule[] = [
  addEntityKey,
  addMissingValues,
  alignDeclaration,
  correctArgument,
  correctFieldSet,
  correctTypeName,
  dropExtend,
  hideOrShow,
  makeOptional,
  markExternal,
  moveAuthorization,
  removeDefinition,
  removeMisplacedDirective,
  removeUnusedExternal,
  shareField,
];

/** Composing the whole graph for a candidate costs time: no more than this for all problems together. */
const timeBudgetMs = 3_000;
const maxCandidates = 12;

type Failure = Extract<Composition, { isComposed: false }>;

/**
 * Adds to each problem the first change that provably works: with it the schemas compose,
 * or the same problems remain but this one. Gives up quietly when the time is used up.
 */
export function proposeFixes(failure: Failure): Problem[] {
  const endsAt = performance.now() + timeBudgetMs;
  return failure.problems.map((problem) => {
    const candidates = rules
      .filter(({ codes }) => codes.includes(problem.code))
      .flatMap((rule) => rule.propose(problem, failure.subgraphs))
      .filter(({ edits }) => edits.length > 0)
      .slice(0, maxCandidates);
    for (const candidate of candidates) {
      if (performance.now() > endsAt) break;
      if (!isCured(problem, candidate, failure)) continue;
      return { ...problem, fix: { title: titleWithPlaces(candidate), edits: candidate.edits } };
    }
    return problem;
  });
}

/** The subgraphs with a fix applied. */
function applyFix(edits: FixEdit[], subgraphs: ParsedSubgraph[]): ParsedSubgraph[] {
  return subgraphs.map((subgraph) => {
    const own = withoutDoubles(edits.filter((edit) => edit.subgraph === subgraph.name));
    return own.length === 0 ? subgraph : { ...subgraph, sdl: applyEdits(subgraph.sdl, own) };
  });
}

function isCured(problem: Problem, candidate: FixCandidate, failure: Failure): boolean {
  const composition = composeSubgraphs(applyFix(candidate.edits, failure.subgraphs));
  if (composition.isComposed) return true;
  const before = new Set(failure.problems.map(keyOf));
  const after = composition.problems.map(keyOf);
  return !after.includes(keyOf(problem)) && after.every((key) => before.has(key));
}

function keyOf({ code, message }: Problem): string {
  return `${code} ${message}`;
}

/** Two directives added to one subgraph import the same name twice: once is enough. */
function withoutDoubles(edits: FixEdit[]): FixEdit[] {
  const seen = new Set<string>();
  return edits.filter(({ start, end, text }) => {
    const key = `${start}:${end}:${text}`;
    return !seen.has(key) && seen.add(key);
  });
}

function titleWithPlaces({ title, edits }: FixCandidate): string {
  const isImport = ({ text }: FixEdit): boolean => /^(, )?"@\w+"$|^, import: /.test(text);
  const changes = edits.every(isImport) ? edits : edits.filter((edit) => !isImport(edit));
  const places = new Set(changes.map(({ origin, line }) => `${origin}:${line}`));
  return `${title} at ${[...places].join(' and ')}`;
}
