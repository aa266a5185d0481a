import { directivesOf } from '../../compose/find-definitions.ts';
import { removeNode } from '../edits.ts';
import type { FixRule } from '../fix-rule.ts';
import { markedNodes } from '../marked-nodes.ts';

/** Codes that say "this directive has no effect here", and the directive. Never one that protects data. */
const misplaced: Record<string, readonly string[]> = {
  KEY_UNSUPPORTED_ON_INTERFACE: ['key'],
  PROVIDES_UNSUPPORTED_ON_INTERFACE: ['provides'],
  REQUIRES_UNSUPPORTED_ON_INTERFACE: ['requires'],
  PROVIDES_ON_NON_OBJECT_FIELD: ['provides'],
  EXTERNAL_ON_INTERFACE: ['external'],
  EXTERNAL_COLLISION_WITH_ANOTHER_DIRECTIVE: ['external'],
  TYPE_WITH_ONLY_UNUSED_EXTERNAL: ['external'],
  INVALID_SHAREABLE_USAGE: ['shareable'],
  OVERRIDE_ON_INTERFACE: ['override'],
  OVERRIDE_FROM_SELF_ERROR: ['override'],
  OVERRIDE_SOURCE_HAS_OVERRIDE: ['override'],
  OVERRIDE_COLLISION_WITH_ANOTHER_DIRECTIVE: ['override'],
  COST_APPLIED_TO_INTERFACE_FIELD: ['cost'],
  LIST_SIZE_APPLIED_TO_NON_LIST: ['listSize'],
  MERGED_DIRECTIVE_APPLICATION_ON_EXTERNAL: ['tag', 'inaccessible'],
};

/** Takes out a directive that may not stand where it stands. */
export const removeMisplacedDirective: FixRule = {
  codes: Object.keys(misplaced),
  propose: (problem, subgraphs) => {
    const names = misplaced[problem.code] ?? [];
    return markedNodes(problem, subgraphs).flatMap(({ subgraph, member, type, directive }) => {
      const holder = member ?? type;
      const marked = directive && names.includes(directive.name.value) ? [directive] : [];
      const found = holder ? names.flatMap((name) => directivesOf(holder, name)) : [];
      return [...marked, ...found].slice(0, 1).map((node) => ({
        title: `remove @${node.name.value}`,
        edits: removeNode(subgraph, node),
      }));
    });
  },
};
