import { valueFromASTUntyped } from 'graphql';
import type { DirectiveNode } from 'graphql';

/** Reads a string argument of a directive; undefined when it is absent or no string. */
export function stringArgument(directive: DirectiveNode, name: string): string | undefined {
  const argument = directive.arguments?.find((each) => each.name.value === name);
  const value: unknown = argument && valueFromASTUntyped(argument.value);
  return typeof value === 'string' ? value : undefined;
}
