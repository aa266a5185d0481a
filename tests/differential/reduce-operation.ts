import {
  Kind,
  parse,
  print,
  validate,
  type DocumentNode,
  type GraphQLSchema,
  type SelectionNode,
  visit,
} from 'graphql';
import type { Operation } from './operation-spec.ts';

/** Attempts at most: each asks the engine and the monolith. */
const maxAttempts = 400;

/**
 * Makes an operation that fails smaller, one selection or directive at a time, as long as it stays valid and fails.
 * @param fails whether an operation shows the fault
 */
export async function reduceOperation(
  schema: GraphQLSchema,
  { text, variables }: Operation,
  fails: (operation: Operation) => Promise<boolean>,
): Promise<Operation> {
  let document = parse(text, { noLocation: true });
  let attempts = 0;
  let isSmaller = true;
  while (isSmaller) {
    isSmaller = false;
    for (let at = 0; attempts < maxAttempts; at += 1) {
      const candidate = withoutNode(document, at);
      if (!candidate) break;
      if (!isValid(schema, candidate)) continue;
      attempts += 1;
      if (!(await fails({ text: print(candidate), variables }))) continue;
      document = candidate;
      isSmaller = true;
      at -= 1;
    }
  }
  return { text: print(document), variables };
}

/** Drops the selection or directive with this number in document order; undefined when there are fewer. */
function withoutNode(document: DocumentNode, number: number): DocumentNode | undefined {
  let count = 0;
  const drop = (): null | undefined => (count++ === number ? null : undefined);
  const smaller = visit(document, {
    Field: drop,
    InlineFragment: drop,
    FragmentSpread: drop,
    Directive: drop,
    Argument: { enter: () => false },
  });
  return count > number ? withoutUnused(smaller) : undefined;
}

/** Drops fragments and variables that nothing uses any more, and sets without selections. */
function withoutUnused(document: DocumentNode): DocumentNode {
  const used = new Set<string>();
  visit(document, {
    FragmentSpread: ({ name }) => void used.add(name.value),
    VariableDefinition: () => false,
    Variable: ({ name }) => void used.add(`$${name.value}`),
  });
  return visit(document, {
    FragmentDefinition: ({ name }) => (used.has(name.value) ? undefined : null),
    VariableDefinition: ({ variable }) => (used.has(`$${variable.name.value}`) ? undefined : null),
    SelectionSet: (set) =>
      set.selections.length > 0 ? undefined : { ...set, selections: [typename] },
  });
}

const typename: SelectionNode = {
  kind: Kind.FIELD,
  name: { kind: Kind.NAME, value: '__typename' },
};

function isValid(schema: GraphQLSchema, document: DocumentNode): boolean {
  try {
    return validate(schema, parse(print(document))).length === 0;
  } catch {
    return false;
  }
}
