import {
  GraphQLError,
  Kind,
  parse,
  print,
  Source,
  visit,
  type DocumentNode,
  type FragmentDefinitionNode,
  type FragmentSpreadNode,
  type OperationDefinitionNode,
} from 'graphql';
import { CommandError } from '../command-error.ts';
import type { KnownOperation } from './known-operation.ts';

/** A document file. */
export interface DocumentText {
  origin: string;
  text: string;
}

/** Finds a fragment by its name. */
type FindFragment = (name: string) => FragmentDefinitionNode | undefined;

/**
 * One known operation for each operation of the documents, with the fragments it needs: from its own document, else from
 * any of the documents, else from the shared ones. Clients keep fragments in files of their own.
 * @param shared documents that only give fragments
 * @throws CommandError with file, line and column for a syntax error, or a fragment that nobody defines
 */
export function splitDocuments(
  documents: DocumentText[],
  shared: DocumentText[] = [],
): KnownOperation[] {
  const parsed = documents.map(parseDocument);
  const findAnywhere = createFind(parsed, shared);
  return parsed.flatMap((document) => {
    const own = fragmentsOf([document]);
    const find: FindFragment = (name) => own.get(name) ?? findAnywhere(name);
    return operationsOf(document).map((operation) => knownOperation(operation, find));
  });
}

/** The names of fragments that operations of the documents spread and that neither these nor the shared define. */
export function missingFragments(documents: DocumentText[], shared: DocumentText[]): string[] {
  const parsed = documents.map(parseDocument);
  const find = createFind(parsed, shared);
  const missing = parsed
    .flatMap(operationsOf)
    .flatMap((operation) => neededFragments(operation, find).missing);
  return [...new Set(missing.map(({ name }) => name.value))];
}

function createFind(documents: DocumentNode[], shared: DocumentText[]): FindFragment {
  const given = fragmentsOf(documents);
  // What only lies beside may be anything: a schema, a draft.
  const beside = fragmentsOf(shared.flatMap((document) => parseIfPossible(document) ?? []));
  return (name) => given.get(name) ?? beside.get(name);
}

function operationsOf({ definitions }: DocumentNode): OperationDefinitionNode[] {
  return definitions.filter((node) => node.kind === Kind.OPERATION_DEFINITION);
}

/** By name; of equal names the first. */
function fragmentsOf(documents: DocumentNode[]): Map<string, FragmentDefinitionNode> {
  const fragments = new Map<string, FragmentDefinitionNode>();
  for (const { definitions } of documents) {
    for (const node of definitions) {
      if (node.kind === Kind.FRAGMENT_DEFINITION && !fragments.has(node.name.value)) {
        fragments.set(node.name.value, node);
      }
    }
  }
  return fragments;
}

function knownOperation(operation: OperationDefinitionNode, find: FindFragment): KnownOperation {
  const { needed, missing } = neededFragments(operation, find);
  if (missing[0]) throw unknownFragment(missing[0]);
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
  find: FindFragment,
): { needed: FragmentDefinitionNode[]; missing: FragmentSpreadNode[] } {
  const found = new Map<string, FragmentDefinitionNode>();
  const missing: FragmentSpreadNode[] = [];
  const collect = (node: OperationDefinitionNode | FragmentDefinitionNode): void => {
    visit(node, {
      FragmentSpread: (spread) => {
        const name = spread.name.value;
        if (found.has(name)) return;
        const fragment = find(name);
        if (!fragment) {
          missing.push(spread);
          return;
        }
        found.set(name, fragment);
        collect(fragment);
      },
    });
  };
  collect(operation);
  return { needed: [...found.values()], missing };
}

function unknownFragment({ name, loc }: FragmentSpreadNode): CommandError {
  const { line, column } = loc?.startToken ?? { line: 1, column: 1 };
  return new CommandError(
    `${loc?.source.name ?? ''}:${line}:${column}: fragment ${name.value} is defined neither here nor in a document beside it`,
  );
}

function parseIfPossible(document: DocumentText): DocumentNode | undefined {
  try {
    return parseDocument(document);
  } catch {
    return undefined;
  }
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
