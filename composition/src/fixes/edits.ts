import { getLocation, Kind, type ASTNode, type ConstDirectiveNode } from 'graphql';
import { linkDirectives } from '../compose/find-definitions.ts';
import type { ParsedSubgraph } from '../compose/parse-subgraph.ts';
import type { FixEdit } from '../report/problem.ts';

/** Anything that can carry directives. */
export type DirectiveHolder = ASTNode & {
  directives?: readonly ConstDirectiveNode[] | undefined;
};

/** Puts other text in place of a node. */
export function replaceNode(subgraph: ParsedSubgraph, node: ASTNode, text: string): FixEdit[] {
  const { loc } = node;
  return loc ? [makeEdit(subgraph, { start: loc.start, end: loc.end, text })] : [];
}

/** Takes a node out, with the blanks before it. */
export function removeNode(subgraph: ParsedSubgraph, node: ASTNode): FixEdit[] {
  if (!node.loc) return [];
  const before = subgraph.sdl.slice(0, node.loc.start);
  return [makeEdit(subgraph, { start: before.trimEnd().length, end: node.loc.end, text: '' })];
}

/**
 * Adds a federation directive such as `@shareable`, and its import when the subgraph has not imported it.
 * Nothing (an empty list) for a Federation 1 schema: it cannot import.
 */
export function addDirective(
  subgraph: ParsedSubgraph,
  node: DirectiveHolder,
  text: string,
): FixEdit[] {
  const [, name = '', rest = ''] = /^(@\w+)(.*)$/s.exec(text) ?? [];
  const imported = importDirective(subgraph, name);
  if (!imported) return [];
  const end = headEnd(node);
  const edit = makeEdit(subgraph, { start: end, end, text: ` ${imported.name}${rest}` });
  return [edit, ...imported.edits];
}

/** Inserts text before the closing brace of a type, or in a new block. */
export function addMember(subgraph: ParsedSubgraph, type: ASTNode, text: string): FixEdit[] {
  if (!type.loc || subgraph.sdl[type.loc.end - 1] !== '}') return [];
  const start = subgraph.sdl.slice(0, type.loc.end - 1).trimEnd().length;
  return [makeEdit(subgraph, { start, end: start, text: `\n  ${text}\n` })];
}

/** Applies edits to a text; they must not overlap. */
export function applyEdits(
  text: string,
  edits: readonly Pick<FixEdit, 'start' | 'end' | 'text'>[],
): string {
  return edits
    .toSorted((a, b) => b.start - a.start)
    .reduce(
      (result, edit) => result.slice(0, edit.start) + edit.text + result.slice(edit.end),
      text,
    );
}

/** An edit between two offsets of a subgraph's text. */
export function makeEdit(
  subgraph: ParsedSubgraph,
  change: { start: number; end: number; text: string },
): FixEdit {
  const { line } = getLocation(subgraph.source, change.start);
  return { subgraph: subgraph.name, origin: subgraph.origin, line, ...change };
}

/** Where a directive can be appended: behind name, interfaces and type, before `{` or a default's end. */
function headEnd(node: DirectiveHolder): number {
  const ends = [node.directives?.at(-1)?.loc?.end];
  if ('interfaces' in node) ends.push(node.interfaces?.at(-1)?.loc?.end);
  if ('type' in node && node.kind !== Kind.OPERATION_TYPE_DEFINITION)
    ends.push(node.type?.loc?.end);
  if ('defaultValue' in node) ends.push(node.defaultValue?.loc?.end);
  if ('name' in node) ends.push(node.name?.loc?.end);
  return Math.max(...ends.map((end) => end ?? 0));
}

interface LocalName {
  name: string;
  edits: FixEdit[];
}

function importDirective(subgraph: ParsedSubgraph, name: string): LocalName | undefined {
  for (const link of federationLinks(subgraph)) {
    const list = link.arguments?.find((argument) => argument.name.value === 'import')?.value;
    if (list?.kind !== Kind.LIST) {
      const end = (link.loc?.end ?? 1) - 1;
      const edit = makeEdit(subgraph, { start: end, end, text: `, import: ["${name}"]` });
      return { name, edits: [edit] };
    }
    for (const item of list.values) {
      if (item.kind === Kind.STRING && item.value === name) return { name, edits: [] };
      if (item.kind !== Kind.OBJECT) continue;
      const values = item.fields.map(({ value }) =>
        value.kind === Kind.STRING ? value.value : '',
      );
      if (values[0] === name) return { name: values[1] ?? name, edits: [] };
    }
    const end = list.values.at(-1)?.loc?.end ?? (list.loc?.start ?? 0) + 1;
    const lead = list.values.length > 0 ? ', ' : '';
    return { name, edits: [makeEdit(subgraph, { start: end, end, text: `${lead}"${name}"` })] };
  }
  return undefined;
}

/** The `@link` directives of a subgraph that name the federation specification. */
export function federationLinks(subgraph: ParsedSubgraph): ConstDirectiveNode[] {
  return linkDirectives(subgraph).filter((directive) =>
    directive.arguments?.some(
      ({ name, value }) =>
        name.value === 'url' && value.kind === Kind.STRING && value.value.includes('/federation/'),
    ),
  );
}
