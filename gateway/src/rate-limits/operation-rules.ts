import { Kind, type SelectionSetNode } from 'graphql';
import { fragmentsOf } from '../fragments-of.ts';
import type { PreparedOperation } from '../operation/prepared-operation.ts';
import type { Limiter, LimiterStore } from './limiter.ts';
import type { OperationRule } from './options.ts';

/** A rule that an operation falls under, and how often. */
export interface AppliedRule {
  readonly limiter: Limiter;
  readonly isShared: boolean;
  readonly points: number;
}

/** Returns the function that finds the rules of an operation; found once per operation. */
export function compileOperationRules(
  rules: readonly OperationRule[],
  store: LimiterStore,
): (prepared: PreparedOperation) => readonly AppliedRule[] {
  const compiled = rules.map((rule, index) => {
    const { name, hash, field, requests: points, perSeconds: seconds } = rule;
    const policy = { name: `operation${index}`, points, seconds };
    const count = (prepared: PreparedOperation): number => {
      if (name !== undefined) return prepared.name === name ? 1 : 0;
      if (hash !== undefined) return prepared.hash === hash ? 1 : 0;
      return countRootField(prepared, field ?? '');
    };
    return { limiter: store.create(policy), isShared: rule.per === 'everybody', count };
  });
  const known = new WeakMap<PreparedOperation, readonly AppliedRule[]>();
  return function rulesOf(prepared) {
    let applied = known.get(prepared);
    if (applied === undefined) {
      applied = compiled
        .map(({ limiter, isShared, count }) => ({ limiter, isShared, points: count(prepared) }))
        .filter(({ points }) => points > 0);
      known.set(prepared, applied);
    }
    return applied;
  };
}

const rootTypes: Readonly<Record<PreparedOperation['kind'], string>> = {
  query: 'Query',
  mutation: 'Mutation',
  subscription: 'Subscription',
};

/** How often an operation runs a root field: as often as it has response names for it. */
function countRootField({ kind, operation, document }: PreparedOperation, wanted: string): number {
  const [type, fieldName] = wanted.split('.');
  if (rootTypes[kind] !== type) return 0;
  const fragments = fragmentsOf(document);
  const responseNames = new Set<string>();
  const visit = ({ selections }: SelectionSetNode): void => {
    for (const selection of selections) {
      if (selection.kind === Kind.FIELD) {
        const { alias, name } = selection;
        if (name.value === fieldName) responseNames.add((alias ?? name).value);
      } else if (selection.kind === Kind.INLINE_FRAGMENT) {
        visit(selection.selectionSet);
      } else {
        const name = selection.name.value;
        const fragment = fragments.get(name);
        // Each fragment once: the same names come of it every time.
        fragments.delete(name);
        if (fragment) visit(fragment.selectionSet);
      }
    }
  };
  visit(operation.selectionSet);
  return responseNames.size;
}
