import { Kind, type ConstDirectiveNode } from 'graphql';
import { directivesOf, typeNodes } from '../../compose/find-definitions.ts';
import type { ParsedSubgraph } from '../../compose/parse-subgraph.ts';
import { replaceNode } from '../edits.ts';
import type { FixCandidate, FixRule } from '../fix-rule.ts';
import { markedNodes } from '../marked-nodes.ts';
import { nearestName } from '../nearest-name.ts';

/** Mistakes in the text of @key, @requires and @provides. */
export const correctFieldSet: FixRule = {
  codes: ['KEY', 'PROVIDES', 'REQUIRES'].flatMap((name) => [
    `${name}_INVALID_FIELDS_TYPE`,
    `${name}_INVALID_FIELDS`,
    `${name}_DIRECTIVE_IN_FIELDS_ARG`,
  ]),
  propose: (problem, subgraphs) => {
    const name = problem.code.split('_')[0]?.toLowerCase() ?? '';
    return markedNodes(problem, subgraphs).flatMap(({ subgraph, directive, member, type }) => {
      const holder = member ?? type;
      const directives = directive ? [directive] : holder ? directivesOf(holder, name) : [];
      return directives.flatMap((node) => corrections(node, problem.message, subgraph));
    });
  },
};

function corrections(
  directive: ConstDirectiveNode,
  message: string,
  subgraph: ParsedSubgraph,
): FixCandidate[] {
  const value = directive.arguments?.find((argument) => argument.name.value === 'fields')?.value;
  if (value?.kind === Kind.LIST) {
    const fields = value.values
      .map((item) => (item.kind === Kind.STRING ? item.value : ''))
      .join(' ');
    return [
      {
        title: `write the fields as one string "${fields}"`,
        edits: replaceNode(subgraph, value, `"${fields}"`),
      },
    ];
  }
  if (value?.kind !== Kind.STRING) return [];
  const replaceBy = (fields: string): FixCandidate => ({
    title: `write "${fields}"`,
    edits: replaceNode(subgraph, value, JSON.stringify(fields)),
  });
  if (value.value.includes('@')) {
    return [replaceBy(value.value.replace(/\s*@\w+(\([^)]*\))?/g, ''))];
  }
  const [, wrong = '', typeName = ''] =
    /Cannot query field "(\w+)" on type "(\w+)"/.exec(message) ?? [];
  const names = typeNodes(subgraph, typeName).flatMap((type) =>
    'fields' in type ? (type.fields ?? []).map((field) => field.name.value) : [],
  );
  const near = nearestName(wrong, names);
  // A short misspelling may be far from everything; a type with one candidate leaves no doubt.
  const others = near === undefined ? names : [near];
  return others.map((right) => replaceBy(value.value.replace(new RegExp(`\\b${wrong}\\b`), right)));
}
