import { Kind, type DocumentNode } from 'graphql';
import { GatewayError, type GatewayErrorCode } from '../../errors.ts';
import { maxNesting } from './assert-nesting.ts';
import { measureDefinitions } from './measure-definitions.ts';
import { measureOverlap } from './measure-overlap.ts';

/** Settings of `operation` with these names. */
export interface DocumentLimits {
  readonly maxDepth: number;
  readonly maxHeight: number;
  readonly maxAliases: number;
  readonly maxRootFields: number;
  readonly maxDirectives: number;
  readonly maxSelections: number;
  readonly maxComparisons: number;
}

/**
 * Refuses documents that would cost too much to validate, plan or answer, before anybody begins to. Everything is counted
 * with fragments in their places, whatever operations and fragments are called, and in time linear in the document.
 * @throws GatewayError with the code of the limit
 */
export function limitDocument(document: DocumentNode, limits: DocumentLimits): void {
  const { fragments, roots } = measureDefinitions(document);
  let selections = 0;
  for (const [root, measure] of roots) {
    selections += measure.selections;
    check(selections, 'maxSelections', limits);
    check(measure.depth, 'maxDepth', limits);
    check(measure.aliases, 'maxAliases', limits);
    if (root.kind === Kind.OPERATION_DEFINITION) check(measure.topFields, 'maxRootFields', limits);
    check(measure.directives, 'maxDirectives', limits);
    if (measure.nesting > maxNesting) {
      throw refuse('MAX_DEPTH_LIMIT', `Fragments nest more than ${maxNesting} selection sets.`);
    }
  }
  let comparisons = 0;
  for (const { selectionSet } of roots.keys()) {
    const overlap = measureOverlap(selectionSet, fragments);
    check(overlap.height, 'maxHeight', limits);
    comparisons += Math.ceil(overlap.comparisons);
    check(comparisons, 'maxComparisons', limits);
  }
}

const sayings: Readonly<
  Record<keyof DocumentLimits, readonly [code: GatewayErrorCode, what: string]>
> = {
  maxDepth: ['MAX_DEPTH_LIMIT', 'fields within fields'],
  maxHeight: ['MAX_HEIGHT_LIMIT', 'different fields'],
  maxAliases: ['MAX_ALIASES_LIMIT', 'aliases'],
  maxRootFields: ['MAX_ROOT_FIELDS_LIMIT', 'fields at its root'],
  maxDirectives: ['MAX_DIRECTIVES_LIMIT', 'directives'],
  maxSelections: ['MAX_SELECTIONS_LIMIT', 'selections'],
  maxComparisons: ['MAX_COMPARISONS_LIMIT', 'comparisons of fields with the same response name'],
};

function check(count: number, name: keyof DocumentLimits, limits: DocumentLimits): void {
  if (count <= limits[name]) return;
  const [code, what] = sayings[name];
  throw refuse(
    code,
    `With its fragments expanded the document has more than ${limits[name]} ${what}.`,
  );
}

function refuse(code: GatewayErrorCode, problem: string): GatewayError {
  return new GatewayError(code, `${problem} Ask for less at once.`);
}
