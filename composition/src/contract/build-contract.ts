import { Supergraph } from '@apollo/federation-internals';
import {
  getNamedType,
  type GraphQLError,
  isAbstractType,
  isInputObjectType,
  isInterfaceType,
  isObjectType,
  Kind,
  parse,
  print,
  visit,
  type ConstDirectiveNode,
  type DocumentNode,
  type GraphQLNamedType,
  type GraphQLSchema,
} from 'graphql';
import type { Problem } from '../report/problem.ts';
import { createContractFilter, type ContractTags } from './contract-filter.ts';
import { featureDirective } from './feature-names.ts';
import { findHidden, type HiddenElements } from './find-hidden.ts';

/** A variant of a graph, or why it cannot be one. */
export type Contract =
  { sdl: string; hidden: string[]; apiSchema: GraphQLSchema } | { problems: Problem[] };

const inaccessibleLink = '@link(url: "https://specs.apollo.dev/inaccessible/v0.2", for: SECURITY)';
const inaccessibleDefinition =
  'directive @inaccessible on FIELD_DEFINITION | OBJECT | INTERFACE | UNION | ARGUMENT_DEFINITION | SCALAR | ENUM | ENUM_VALUE | INPUT_OBJECT | INPUT_FIELD_DEFINITION';

/**
 * Makes a variant of a supergraph that shows only what the tags allow. Hidden elements are marked @inaccessible,
 * not taken out: the gateway still needs them as keys and for @requires. Types that nothing leads to any more are hidden too.
 */
export function buildContract(supergraphSdl: string, tags: ContractTags): Contract {
  const document = parse(supergraphSdl, { noLocation: true });
  const filter = createContractFilter(tags, featureDirective(document, 'tag') ?? 'tag');
  const hidden = findHidden(document, filter);
  hideEmptyTypes(document, hidden);
  const first = open(document, hidden);
  if ('problems' in first) return first;
  for (const name of unreachableTypes(first.apiSchema)) hidden.add(name);
  const second = open(document, hidden);
  return 'problems' in second ? second : { ...second, hidden: [...hidden].toSorted() };
}

type Opened = { sdl: string; apiSchema: GraphQLSchema } | { problems: Problem[] };

function open(document: DocumentNode, hidden: HiddenElements): Opened {
  const sdl = `${print(markHidden(document, hidden)).trimEnd()}\n`;
  try {
    const { schema } = Supergraph.build(sdl, {
      supportedFeatures: null,
      validateSupergraph: false,
    });
    return { sdl, apiSchema: schema.toAPISchema().toGraphQLJSSchema() };
  } catch (error) {
    const causes = (error as { causes?: GraphQLError[] }).causes ?? [error as GraphQLError];
    return { problems: causes.map(toProblem) };
  }
}

function toProblem(error: GraphQLError): Problem {
  const code = (error.extensions as { code?: unknown } | undefined)?.code;
  return {
    code: typeof code === 'string' ? code : 'INVALID_CONTRACT',
    severity: 'error',
    message: error.message,
    subgraphs: [],
    places: [],
  };
}

/** A type of which no field, value or member is left is hidden, and so is every field that leads to it. */
function hideEmptyTypes(document: DocumentNode, hidden: HiddenElements): void {
  let before: number;
  do {
    before = hidden.size;
    for (const node of document.definitions) {
      if (!('name' in node) || !node.name || node.name.value.includes('__')) continue;
      const name = node.name.value;
      if (hidden.has(name) || name === 'Query') continue;
      const members: readonly string[] | undefined =
        'fields' in node
          ? node.fields?.map((field) => field.name.value)
          : node.kind === Kind.ENUM_TYPE_DEFINITION
            ? node.values?.map((value) => value.name.value)
            : undefined;
      if (members?.every((member) => hidden.has(`${name}.${member}`)) === true) hidden.add(name);
      if (
        node.kind === Kind.UNION_TYPE_DEFINITION &&
        node.types?.every((type) => hidden.has(type.name.value)) === true
      ) {
        hidden.add(name);
      }
    }
    hideLeadingFields(document, hidden);
  } while (hidden.size > before);
}

function hideLeadingFields(document: DocumentNode, hidden: HiddenElements): void {
  for (const node of document.definitions) {
    if (node.kind !== Kind.OBJECT_TYPE_DEFINITION && node.kind !== Kind.INTERFACE_TYPE_DEFINITION)
      continue;
    for (const field of node.fields ?? []) {
      let { type } = field;
      while (type.kind !== Kind.NAMED_TYPE) type = type.type;
      if (hidden.has(type.name.value)) hidden.add(`${node.name.value}.${field.name.value}`);
    }
  }
}

function markHidden(document: DocumentNode, hidden: HiddenElements): DocumentNode {
  const linked = featureDirective(document, 'inaccessible');
  const name = linked ?? 'inaccessible';
  const mark: ConstDirectiveNode = { kind: Kind.DIRECTIVE, name: { kind: Kind.NAME, value: name } };
  const marked = visit(document, {
    enter: (node, _key, _parent, path) => {
      if (!('directives' in node) || !('name' in node) || !node.name) return undefined;
      const coordinate = coordinateAt(document, path, node.name.value);
      if (coordinate === undefined || !hidden.has(coordinate)) return undefined;
      const directives = (node.directives ?? []) as ConstDirectiveNode[];
      if (directives.some((directive) => directive.name.value === name)) return undefined;
      return { ...node, directives: [...directives, mark] };
    },
  }) as DocumentNode;
  return linked === undefined && hidden.size > 0 ? linkInaccessible(marked) : marked;
}

/** `Type.field.argument` of the node at a path below the document. */
function coordinateAt(
  document: DocumentNode,
  path: readonly (string | number)[],
  own: string,
): string | undefined {
  const names: string[] = [];
  let node: unknown = document;
  for (const step of path.slice(0, -1)) {
    node = (node as Record<string | number, unknown>)[step];
    const { kind, name } = node as { kind?: Kind; name?: { value: string } };
    if (kind === Kind.DIRECTIVE || kind === Kind.DIRECTIVE_DEFINITION) return undefined;
    if (kind !== undefined && name) names.push(name.value);
  }
  return [...names, own].join('.');
}

function linkInaccessible(document: DocumentNode): DocumentNode {
  const [extension] = parse(`extend schema ${inaccessibleLink}`, { noLocation: true }).definitions;
  const [definition] = parse(inaccessibleDefinition, { noLocation: true }).definitions;
  const link = extension && 'directives' in extension ? (extension.directives ?? []) : [];
  const definitions = document.definitions.map((node) =>
    node.kind === Kind.SCHEMA_DEFINITION
      ? { ...node, directives: [...(node.directives ?? []), ...(link as ConstDirectiveNode[])] }
      : node,
  );
  return { ...document, definitions: definition ? [...definitions, definition] : definitions };
}

/** Types of an API schema that no operation can meet. */
function unreachableTypes(schema: GraphQLSchema): string[] {
  const reached = new Set<GraphQLNamedType>();
  const reach = (type: GraphQLNamedType | null | undefined): void => {
    if (!type || reached.has(type)) return;
    reached.add(type);
    if (isAbstractType(type)) schema.getPossibleTypes(type).forEach(reach);
    if (isObjectType(type) || isInterfaceType(type)) {
      type.getInterfaces().forEach(reach);
      for (const field of Object.values(type.getFields())) {
        reach(getNamedType(field.type));
        for (const argument of field.args) reach(getNamedType(argument.type));
      }
    }
    if (isInputObjectType(type)) {
      for (const field of Object.values(type.getFields())) reach(getNamedType(field.type));
    }
  };
  [schema.getQueryType(), schema.getMutationType(), schema.getSubscriptionType()].forEach(reach);
  return Object.values(schema.getTypeMap())
    .filter((type) => !reached.has(type) && !type.name.startsWith('__'))
    .map(({ name }) => name)
    .filter((name) => !['String', 'Int', 'Float', 'Boolean', 'ID'].includes(name));
}
