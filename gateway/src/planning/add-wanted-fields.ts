import { Kind, parse, print } from 'graphql';
import type { DocumentNode, SelectionNode, SelectionSetNode } from 'graphql';
import type { WantedField } from './repair-plan.ts';

/**
 * Adds fields to an operation, at places given by response names.
 * @returns undefined when the operation does not lead there
 */
export function addWantedFields(
  operation: string,
  wanted: readonly WantedField[],
): string | undefined {
  let document: DocumentNode | undefined = parse(operation, { noLocation: true });
  for (const field of wanted) document &&= addField(document, field);
  return document && print(document);
}

function addField(document: DocumentNode, wanted: WantedField): DocumentNode | undefined {
  let isAdded = false;
  const addAt = (set: SelectionSetNode, path: readonly string[]): SelectionSetNode => {
    const [key, ...rest] = path;
    if (key === undefined) {
      isAdded = true;
      return { ...set, selections: [...set.selections, fragmentFor(wanted)] };
    }
    const selections = set.selections.map((selection): SelectionNode => {
      if (selection.kind === Kind.FRAGMENT_SPREAD || !selection.selectionSet) return selection;
      const isField = selection.kind === Kind.FIELD;
      if (isField && (selection.alias ?? selection.name).value !== key) return selection;
      return { ...selection, selectionSet: addAt(selection.selectionSet, isField ? rest : path) };
    });
    return { ...set, selections };
  };
  const definitions = document.definitions.map((definition) =>
    definition.kind === Kind.OPERATION_DEFINITION
      ? { ...definition, selectionSet: addAt(definition.selectionSet, wanted.path) }
      : definition,
  );
  return isAdded ? { ...document, definitions } : undefined;
}

function fragmentFor({ on, fieldName }: WantedField): SelectionNode {
  return {
    kind: Kind.INLINE_FRAGMENT,
    typeCondition: { kind: Kind.NAMED_TYPE, name: { kind: Kind.NAME, value: on } },
    selectionSet: {
      kind: Kind.SELECTION_SET,
      selections: [{ kind: Kind.FIELD, name: { kind: Kind.NAME, value: fieldName } }],
    },
  };
}
