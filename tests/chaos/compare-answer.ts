import type { Operation } from './operations.ts';

export interface AnswerBody {
  readonly data?: unknown;
  readonly errors?: readonly { readonly path?: readonly (string | number)[] }[];
}

/** What is between an answer and the right one. */
export interface Comparison {
  /** Values that are neither right nor null. There must be none, whatever fails. */
  readonly wrong: readonly string[];
  /** Nulls without an error that explains them, or whose services were all well. There must be none. */
  readonly unexplained: readonly string[];
  /** Values that were right. */
  readonly right: number;
  /** Values that were null because a service they need was disturbed. */
  readonly missing: number;
}

interface Scope {
  readonly operation: Operation;
  readonly disturbed: ReadonlySet<string>;
  readonly errors: readonly (readonly (string | number)[])[];
  readonly wrong: string[];
  readonly unexplained: string[];
  right: number;
  missing: number;
}

/**
 * Compares an answer with the right one, value by value.
 * @param disturbed services that were not well at any moment between question and answer
 */
export function compareAnswer(
  operation: Operation,
  answers: { readonly right: AnswerBody; readonly given: AnswerBody },
  disturbed: ReadonlySet<string>,
): Comparison {
  const scope: Scope = {
    operation,
    disturbed,
    errors: (answers.given.errors ?? []).map(({ path }) => path ?? []),
    wrong: [],
    unexplained: [],
    right: 0,
    missing: 0,
  };
  compare(answers.right.data, answers.given.data, [], scope);
  const { wrong, unexplained, right, missing } = scope;
  return { wrong, unexplained, right, missing };
}

type Path = readonly (string | number)[];

function compare(right: unknown, given: unknown, path: Path, scope: Scope): void {
  const isMissing = given === null || given === undefined;
  if (isMissing && right !== null && right !== undefined) {
    const leaves = countLeaves(right);
    if (isExplained(path, scope)) scope.missing += leaves;
    else scope.unexplained.push(path.join('.'));
  } else if (Array.isArray(right)) {
    if (!Array.isArray(given) || given.length !== right.length) scope.wrong.push(path.join('.'));
    else right.forEach((item, at) => compare(item, given[at], [...path, at], scope));
  } else if (typeof right === 'object' && right !== null) {
    compareObjects(right as Record<string, unknown>, given, path, scope);
  } else if (Object.is(right ?? null, given ?? null)) scope.right += 1;
  else scope.wrong.push(path.join('.'));
}

function compareObjects(
  right: Record<string, unknown>,
  given: unknown,
  path: Path,
  scope: Scope,
): void {
  if (typeof given !== 'object' || given === null || Array.isArray(given)) {
    scope.wrong.push(path.join('.'));
    return;
  }
  for (const key of Object.keys(given))
    if (!(key in right)) scope.wrong.push([...path, key].join('.'));
  for (const [key, value] of Object.entries(right)) {
    compare(value, (given as Record<string, unknown>)[key], [...path, key], scope);
  }
}

/** A null is right when an error stands at it, above or below, and a service that part needs was disturbed. */
function isExplained(path: Path, { operation, disturbed, errors }: Scope): boolean {
  const hasError = errors.some((error) => {
    const length = Math.min(error.length, path.length);
    return path.slice(0, length).every((part, at) => part === error[at]);
  });
  const name = path.filter((part) => typeof part === 'string').join('.');
  const needed = Object.entries(operation.owners).flatMap(([owned, services]) =>
    isWithin(name, owned) || isWithin(owned, name) ? services : [],
  );
  return hasError && needed.some((service) => disturbed.has(service));
}

function isWithin(name: string, parent: string): boolean {
  return parent === '' || name === parent || name.startsWith(`${parent}.`);
}

/** How many values an answer holds. */
export function countLeaves(value: unknown): number {
  if (typeof value !== 'object' || value === null) return 1;
  return Object.values(value).reduce<number>((sum, item) => sum + countLeaves(item), 0);
}
