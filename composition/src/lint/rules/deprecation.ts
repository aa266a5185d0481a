import {
  isTypeDefinitionNode,
  isTypeExtensionNode,
  Kind,
  visit,
  type ConstDirectiveNode,
} from 'graphql';
import type { LintFinding, LintRule } from '../lint-rule.ts';

/** Deprecations end: they say why, and when the element goes. */
export const deprecation: LintRule = {
  name: 'deprecation',
  description:
    '@deprecated has a reason that names the replacement and the day of removal (YYYY-MM-DD); on that day it is gone.',
  level: 'warning',
  check: ({ subgraph, options, today }) => {
    const findings: LintFinding[] = [];
    let typeName = '';
    visit(subgraph.document, {
      enter: (node) => {
        if (isTypeDefinitionNode(node) || isTypeExtensionNode(node)) typeName = node.name.value;
        if (!('directives' in node) || !('name' in node) || !node.name) return;
        const used = (node.directives ?? []).find(({ name }) => name.value === 'deprecated');
        if (!used) return;
        const coordinate = `${typeName}.${node.name.value}`;
        const message = judge(used as ConstDirectiveNode, coordinate, { options, today });
        if (message !== undefined) findings.push({ node: used, coordinate, message });
      },
    });
    return findings;
  },
};

interface Limits {
  options: Record<string, unknown>;
  today: string;
}

function judge(
  directive: ConstDirectiveNode,
  coordinate: string,
  { options, today }: Limits,
): string | undefined {
  const value = directive.arguments?.find(({ name }) => name.value === 'reason')?.value;
  const reason = value?.kind === Kind.STRING ? value.value.trim() : '';
  if (reason === '')
    return `${coordinate} is deprecated without a reason; name what to use instead.`;
  const date = /\b\d{4}-\d{2}-\d{2}\b/.exec(reason)?.[0];
  if (date === undefined) {
    if (options['date'] === false) return undefined;
    return `The deprecation of ${coordinate} names no day of removal (YYYY-MM-DD).`;
  }
  return date < today
    ? `${coordinate} should have been removed on ${date}; remove it, or name a later day.`
    : undefined;
}
