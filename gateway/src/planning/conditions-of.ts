import { Kind } from 'graphql';
import type { DirectiveNode } from 'graphql';
import type { StepCondition } from './plan.ts';

/** Reads the `@skip` and `@include` of a selection that hang on variables. */
export function conditionsOf(directives: readonly DirectiveNode[] = []): StepCondition[] {
  return directives.flatMap(({ name, arguments: given }) => {
    const value = given?.[0]?.value;
    if (value?.kind !== Kind.VARIABLE) return [];
    return [{ variable: value.name.value, equals: name.value === 'include' }];
  });
}
