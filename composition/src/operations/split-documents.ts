import {
  GraphQLError,
  Kind,
  parse,
  print,
  Source,
  visit,
  type DocumentNode,
  type FragmentDefinitionNode,
  type OperationDefinitionNode,
} from 'graphql';
import { CommandError } from '../command-error.ts';
import type { KnownOperation } from './known-operation.ts';

/** A document file. */
export interface DocumentText {
  origin: string;
  text: string;
}

/**
 * One known operation for each operation of the documents, with the fragments it needs from any of them:
 * clients keep fragments in files of their own.
 * @throws CommandError with file, line and column for a syntax error
 */
export function splitDocuments(documents: DocumentText[]): KnownOperation[] {
  const parsed = documents.map(parseDocument);
  const fragments = new Map<string, FragmentDefinitionNode>();
  for (const { definitions } of parsed) {
    for (const node of definitions) {
      if (node.kind === Kind.FRAGMENT_DEFINITION) fragments.set(node.name.value, node);
    }
  }
  return parsed.flatMap(({ definitions }) =>
    definitions.flatMap((node) =>
      node.kind === Kind.OPERATION_DEFINITION ? [knownOperation(node, fragments)] : [],
    ),
  );
}

function knownOperation(
  operation: OperationDefinitionNode,
  fragments: Map<string, FragmentDefinitionNode>,
): KnownOperation {
  const needed = neededFragments(operation, fragments);
  const document: DocumentNode = { kind: Kind.DOCUMENT, definitions: [operation, ...needed] };
  const text = print(document);
  return {
    name: operation.name?.value ?? text.replace(/\s+/g, ' ').slice(0, 60),
    document,
    text,
    origin: operation.loc?.source.name ?? '',
    line: operation.loc?.startToken.line ?? 1,
    clients: [],
  };
}

function neededFragments(
  operation: OperationDefinitionNode,
  fragments: Map<string, FragmentDefinitionNode>,
): FragmentDefinitionNode[] {
  const found = new Map<string, FragmentDefinitionNode>();
  const collect = (node: OperationDefinitionNode | FragmentDefinitionNode): void => {
    visit(node, {
      FragmentSpread: ({ name }) => {
        const fragment = fragments.get(name.value);
        if (!fragment || found.has(name.value)) return;
        found.set(name.value, fragment);
        collect(fragment);
      },
    });
  };
  collect(operation);
  return [...found.values()];
}

function parseDocument({ origin, text }: DocumentText): DocumentNode {
  if (text.trim() === '') return { kind: Kind.DOCUMENT, definitions: [] };
  try {
    return parse(new Source(text, origin));
  } catch (error) {
    if (!(error instanceof GraphQLError)) throw error;
    const { line, column } = error.locations?.[0] ?? { line: 1, column: 1 };
    throw new CommandError(`${origin}:${line}:${column}: ${error.message}`, 3, { cause: error });
  }
}
