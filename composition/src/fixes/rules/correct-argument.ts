import { Kind, visit, type ConstValueNode } from 'graphql';
import type { ParsedSubgraph } from '../../compose/parse-subgraph.ts';
import { federationLinks, makeEdit } from '../edits.ts';
import type { FixCandidate, FixRule } from '../fix-rule.ts';
import { nearestName } from '../nearest-name.ts';

/** The newest federation specification this release composes. */
const newestFederation = 'v2.14';

/** Wrong values in the arguments of directives: versions, percentages, misspelt names. */
export const correctArgument: FixRule = {
  codes: [
    'UNKNOWN_FEDERATION_LINK_VERSION',
    'INVALID_LINK_IDENTIFIER',
    'INVALID_LINK_DIRECTIVE_USAGE',
    'OVERRIDE_LABEL_INVALID',
    'LIST_SIZE_INVALID_ASSUMED_SIZE',
    'LIST_SIZE_INVALID_SLICING_ARGUMENT',
    'LIST_SIZE_INVALID_SIZED_FIELD',
    'CONTEXT_INVALID_SELECTION',
    'CONTEXT_NAME_INVALID',
    'CONTEXT_NOT_SET',
    'NO_CONTEXT_IN_SELECTION',
  ],
  propose: (problem, subgraphs) =>
    subgraphs
      .filter(({ name }) => problem.subgraphs.length === 0 || problem.subgraphs.includes(name))
      .flatMap((subgraph) => candidates(problem.code, subgraph)),
};

function candidates(code: string, subgraph: ParsedSubgraph): FixCandidate[] {
  const { sdl } = subgraph;
  switch (code) {
    case 'UNKNOWN_FEDERATION_LINK_VERSION':
    case 'INVALID_LINK_IDENTIFIER':
      return federationLinks(subgraph).flatMap((link) =>
        rewrite(
          subgraph,
          link.loc?.start ?? 0,
          /federation\/[\w.]+/g,
          `federation/${newestFederation}`,
        ),
      );
    case 'INVALID_LINK_DIRECTIVE_USAGE':
      return strings(subgraph, 'import').flatMap((node) =>
        misspelt(subgraph, node, federationDirectives),
      );
    case 'OVERRIDE_LABEL_INVALID':
      return rewrite(subgraph, 0, /percent\(\d{3,}(\.\d+)?\)/g, 'percent(100)');
    case 'LIST_SIZE_INVALID_ASSUMED_SIZE':
      return rewrite(subgraph, 0, /assumedSize:\s*-(\d+)/g, 'assumedSize: $1');
    case 'LIST_SIZE_INVALID_SLICING_ARGUMENT':
      return strings(subgraph, 'slicingArguments').flatMap((node) => anyName(subgraph, node));
    case 'LIST_SIZE_INVALID_SIZED_FIELD':
      return strings(subgraph, 'sizedFields').flatMap((node) => anyName(subgraph, node));
    case 'CONTEXT_INVALID_SELECTION':
      return strings(subgraph, 'field').flatMap((node) => misspeltWords(subgraph, node));
    case 'CONTEXT_NAME_INVALID': {
      const names = strings(subgraph, 'name')
        .map(({ value }) => value)
        .filter((name) => name.includes('_'));
      return names.flatMap((name) =>
        rewrite(
          subgraph,
          0,
          new RegExp(name, 'g'),
          name.replace(/_+(.)/g, (_all, letter: string) => letter.toUpperCase()),
        ),
      );
    }
    case 'NO_CONTEXT_IN_SELECTION':
    case 'CONTEXT_NOT_SET': {
      const contexts = [...sdl.matchAll(/@(?:federation__)?context\(name:\s*"(\w+)"/g)].map(
        ([, name = '']) => name,
      );
      return contexts.flatMap((name) =>
        rewrite(subgraph, 0, /(field:\s*")(?:\$\w+\s*)?\{/g, `$1$$${name} {`),
      );
    }
  }
  return [];
}

const federationDirectives = [
  '@key @requires @provides @external @shareable @inaccessible @override @tag @extends @interfaceObject @composeDirective',
  '@authenticated @requiresScopes @policy @context @fromContext @cost @listSize @cacheTag FieldSet',
].flatMap((line) => line.split(' '));

interface StringAt {
  value: string;
  start: number;
  end: number;
}

/** Strings in the directive argument of that name, also inside a list. */
function strings(subgraph: ParsedSubgraph, argumentName: string): StringAt[] {
  const found: StringAt[] = [];
  const add = (value: ConstValueNode): void => {
    if (value.kind === Kind.LIST) value.values.forEach(add);
    if (value.kind === Kind.STRING && value.loc) {
      found.push({ value: value.value, start: value.loc.start, end: value.loc.end });
    }
  };
  visit(subgraph.document, {
    Argument: (node) => {
      if (node.name.value === argumentName) add(node.value as ConstValueNode);
    },
  });
  return found;
}

function replaceString(subgraph: ParsedSubgraph, at: StringAt, value: string): FixCandidate {
  const edit = makeEdit(subgraph, { start: at.start, end: at.end, text: JSON.stringify(value) });
  return { title: `write "${value}" instead of "${at.value}"`, edits: [edit] };
}

function misspelt(subgraph: ParsedSubgraph, at: StringAt, names: string[]): FixCandidate[] {
  if (names.includes(at.value)) return [];
  const right = nearestName(at.value, names);
  return right === undefined ? [] : [replaceString(subgraph, at, right)];
}

/** Names a schema declares: fields and arguments. */
function declaredNames(subgraph: ParsedSubgraph): string[] {
  const names = new Set<string>();
  visit(subgraph.document, {
    FieldDefinition: (node) => void names.add(node.name.value),
    InputValueDefinition: (node) => void names.add(node.name.value),
  });
  return [...names];
}

function anyName(subgraph: ParsedSubgraph, at: StringAt): FixCandidate[] {
  const names = declaredNames(subgraph);
  if (names.includes(at.value)) return [];
  const near = nearestName(at.value, names);
  return (near === undefined ? names : [near]).map((name) => replaceString(subgraph, at, name));
}

function misspeltWords(subgraph: ParsedSubgraph, at: StringAt): FixCandidate[] {
  const names = declaredNames(subgraph);
  const words = at.value.match(/(?<![$\w])\w+/g) ?? [];
  return words.flatMap((word) => {
    const right = names.includes(word) ? undefined : nearestName(word, names);
    return right === undefined ? [] : [replaceString(subgraph, at, at.value.replace(word, right))];
  });
}

/** One candidate that replaces every match behind `from`. */
function rewrite(
  subgraph: ParsedSubgraph,
  from: number,
  pattern: RegExp,
  by: string,
): FixCandidate[] {
  const matches = [...subgraph.sdl.matchAll(pattern)].filter(({ index }) => index >= from);
  const edits = matches.map((match) => {
    const text = match[0].replace(new RegExp(pattern.source), by);
    return makeEdit(subgraph, { start: match.index, end: match.index + match[0].length, text });
  });
  const [first] = edits;
  return first ? [{ title: `write ${first.text}`, edits }] : [];
}
