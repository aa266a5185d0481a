import {
  doTypesOverlap,
  GraphQLError,
  isCompositeType,
  Kind,
  NoUnusedFragmentsRule,
  parse,
  specifiedRules,
  validate,
  type FragmentDefinitionNode,
  type GraphQLSchema,
  type InlineFragmentNode,
  type SelectionNode,
  type SelectionSetNode,
} from 'graphql';
import { ruleInputPrefix } from '../request.ts';
import { leavesOf } from './rule-parts.ts';
import type { ShieldRule } from './shield.ts';

/**
 * Reads what a rule's fragments ask for of its parent.
 * @param problems takes what does not fit the schema, a line each
 */
export function readInputs(
  rule: ShieldRule,
  coordinate: string,
  { fullSchema }: { readonly fullSchema: () => GraphQLSchema },
  problems: string[],
): InlineFragmentNode[] {
  const typeName = coordinate.split('.')[0] ?? '';
  return fragmentTexts(rule).flatMap((text) => {
    try {
      const fragment = parseFragment(text, typeName);
      const document = { kind: Kind.DOCUMENT, definitions: [fragment] } as const;
      const rules = specifiedRules.filter((each) => each !== NoUnusedFragmentsRule);
      for (const { message } of validate(fullSchema(), document, rules)) {
        problems.push(`the fragment of a rule on ${coordinate}: ${message}`);
      }
      const selectionSet = setApart(fragment.selectionSet);
      const { typeCondition } = fragment;
      if (!mayBe(fullSchema(), typeName, typeCondition.name.value)) {
        problems.push(
          `the fragment of a rule on ${coordinate} is on ${typeCondition.name.value}, which no ${typeName} is`,
        );
      }
      return [{ kind: Kind.INLINE_FRAGMENT, typeCondition, selectionSet }];
    } catch (error) {
      if (!(error instanceof GraphQLError)) throw error;
      problems.push(`the fragment of a rule on ${coordinate} is not GraphQL: ${error.message}`);
      return [];
    }
  });
}

/** Whether objects of a type can be of another one. What the schema lacks is told of elsewhere. */
function mayBe(schema: GraphQLSchema, name: string, other: string): boolean {
  const [type, condition] = [schema.getType(name), schema.getType(other)];
  if (!isCompositeType(type) || !isCompositeType(condition)) return true;
  return doTypesOverlap(schema, type, condition);
}

/** The fragments of all parts of a rule, each once. */
export function fragmentTexts(rule: ShieldRule): string[] {
  return [...new Set(leavesOf(rule).flatMap(({ fragment }) => fragment ?? []))].sort();
}

/** Gives objects that a rule reads a place of their own. */
function setApart(set: SelectionSetNode): SelectionSetNode {
  const selections = set.selections.map((selection): SelectionNode => {
    if (selection.kind === Kind.INLINE_FRAGMENT) {
      return { ...selection, selectionSet: setApart(selection.selectionSet) };
    }
    if (selection.kind !== Kind.FIELD || !selection.selectionSet) return selection;
    const responseName = selection.alias?.value ?? selection.name.value;
    return { ...selection, alias: { kind: Kind.NAME, value: `${ruleInputPrefix}${responseName}` } };
  });
  return { ...set, selections };
}

/** A fragment as rules write it: `fragment F on User { id }`, `... on User { id }`, `{ id }` or `id`. */
function parseFragment(text: string, typeName: string): FragmentDefinitionNode {
  const trimmed = text.trim();
  const whole = trimmed.startsWith('fragment')
    ? trimmed
    : `fragment Inputs on ${typeName} ${trimmed.startsWith('{') ? trimmed : `{ ${trimmed} }`}`;
  const [definition] = parse(whole, { noLocation: true }).definitions;
  if (definition?.kind !== Kind.FRAGMENT_DEFINITION) throw new GraphQLError('not a fragment');
  return definition;
}
