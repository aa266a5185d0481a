import { Supergraph } from '@apollo/federation-internals';
import { GraphQLError, Kind, parse, print, valueFromASTUntyped, visit } from 'graphql';
import type {
  DefinitionNode,
  DirectiveNode,
  DocumentNode,
  FieldDefinitionNode,
  FieldNode,
  InterfaceTypeDefinitionNode,
  ObjectTypeDefinitionNode,
  SelectionSetNode,
} from 'graphql';
import { GatewayError } from '../errors.ts';
import { VirtualFields } from './virtual-fields.ts';

/** What the planner works with: never shown to clients. */
export interface PlannerSupergraph {
  readonly supergraph: Supergraph;
  readonly virtualFields: VirtualFields;
  /** The rewritten SDL, for messages and tests. */
  readonly sdl: string;
}

const supportedFeatures = new Set(
  [
    ['core', '0.1', '0.2'],
    ['join', '0.1', '0.2', '0.3', '0.4', '0.5'],
    ['tag', '0.1', '0.2', '0.3'],
    ['inaccessible', '0.1', '0.2'],
    ['authenticated', '0.1'],
    ['requiresScopes', '0.1'],
    ['policy', '0.1'],
    ['context', '0.1'],
    ['cost', '0.1'],
    ['cacheTag', '0.1'],
  ].flatMap(([name, ...versions]) =>
    versions.map((version) => `https://specs.apollo.dev/${name}/v${version}`),
  ),
);

const accessFeature = /specs\.apollo\.dev\/(authenticated|requiresScopes|policy)\//;

type Composite = ObjectTypeDefinitionNode | InterfaceTypeDefinitionNode;

/**
 * Builds the planner's private copy of a supergraph.
 * @throws GatewayError when the SDL is none, or uses access directives nobody enforces
 */
export function supergraphForPlanner(
  sdl: string,
  options: { readonly enforcesAccessDirectives: boolean },
): PlannerSupergraph {
  const document = parseSdl(sdl);
  if (!options.enforcesAccessDirectives) refuseAccessDirectives(document);
  const virtualFields = new VirtualFields(unusedPrefix(sdl));
  const rewritten = print(addVirtualFields(putResolvableKeysFirst(document), virtualFields));
  try {
    const supergraph = Supergraph.build(rewritten, {
      supportedFeatures,
      validateSupergraph: false,
    });
    return { supergraph, virtualFields, sdl: rewritten };
  } catch (cause) {
    throw new GatewayError(
      'INTERNAL_SERVER_ERROR',
      `The supergraph cannot be planned with: ${cause instanceof Error ? cause.message : String(cause)}`,
      { cause },
    );
  }
}

function parseSdl(sdl: string): DocumentNode {
  try {
    return parse(sdl, { noLocation: true });
  } catch (cause) {
    const reason = cause instanceof GraphQLError ? cause.message : String(cause);
    throw new GatewayError('INTERNAL_SERVER_ERROR', `The supergraph is no SDL: ${reason}`, {
      cause,
    });
  }
}

/** Fails closed: data behind an access directive must not be served by a gateway that ignores it. */
function refuseAccessDirectives(document: DocumentNode): void {
  for (const definition of document.definitions) {
    if (definition.kind !== Kind.SCHEMA_DEFINITION && definition.kind !== Kind.SCHEMA_EXTENSION)
      continue;
    for (const link of definition.directives ?? []) {
      const url = stringArgument(link, 'url') ?? stringArgument(link, 'feature');
      if (url === undefined || !accessFeature.test(url)) continue;
      throw new GatewayError(
        'INTERNAL_SERVER_ERROR',
        `The supergraph uses ${url}, but nothing that enforces it is in place. Turn authorization on, or remove the directive.`,
      );
    }
  }
}

/**
 * The planner takes the first @key of a subgraph without asking whether it may be resolved there.
 */
function putResolvableKeysFirst(document: DocumentNode): DocumentNode {
  const isUnresolvable = (directive: DirectiveNode): boolean =>
    directive.name.value === 'join__type' &&
    (directive.arguments ?? []).some(
      ({ name, value }) =>
        name.value === 'resolvable' && value.kind === Kind.BOOLEAN && !value.value,
    );
  const sorted = <T extends Composite>(type: T): T => {
    const directives = type.directives ?? [];
    return {
      ...type,
      directives: [
        ...directives.filter((each) => !isUnresolvable(each)),
        ...directives.filter(isUnresolvable),
      ],
    };
  };
  return visit(document, { ObjectTypeDefinition: sorted, InterfaceTypeDefinition: sorted });
}

function addVirtualFields(document: DocumentNode, virtualFields: VirtualFields): DocumentNode {
  const types = new Map<string, Composite>();
  for (const definition of document.definitions)
    if (isComposite(definition)) types.set(definition.name.value, definition);
  const added = new Map<string, Map<string, FieldDefinitionNode>>();

  const withVirtualRequires = visit(document, {
    FieldDefinition: (field, _key, _parent, _path, ancestors) => {
      const owner = ancestors.findLast((node) => !Array.isArray(node));
      if (owner === undefined || Array.isArray(owner) || !('kind' in owner) || !isComposite(owner))
        return undefined;
      if (!field.directives?.some((each) => stringArgument(each, 'requires')?.includes('(')))
        return undefined;
      return { ...field, directives: field.directives.map((each) => rewriteRequires(each, owner)) };
    },
  });
  return {
    ...withVirtualRequires,
    definitions: withVirtualRequires.definitions.map((definition) => {
      const fields = isComposite(definition) ? added.get(definition.name.value) : undefined;
      if (!fields || !isComposite(definition)) return definition;
      return { ...definition, fields: [...(definition.fields ?? []), ...fields.values()] };
    }),
  };

  function rewriteRequires(directive: DirectiveNode, owner: Composite): DirectiveNode {
    const requires =
      directive.name.value === 'join__field' ? stringArgument(directive, 'requires') : undefined;
    if (!requires?.includes('(')) return directive;
    const [query] = parse(`{${requires}}`, { noLocation: true }).definitions;
    if (query?.kind !== Kind.OPERATION_DEFINITION) return directive;
    const value = print(rewriteSelections(query.selectionSet, owner.name.value))
      .slice(1, -1)
      .trim();
    return {
      ...directive,
      arguments: (directive.arguments ?? []).map((argument) =>
        argument.name.value === 'requires'
          ? { ...argument, value: { kind: Kind.STRING, value: value.replaceAll(/\s+/g, ' ') } }
          : argument,
      ),
    };
  }

  function rewriteSelections(set: SelectionSetNode, typeName: string): SelectionSetNode {
    return {
      ...set,
      selections: set.selections.map((selection) => {
        if (selection.kind === Kind.FRAGMENT_SPREAD) return selection;
        if (selection.kind === Kind.INLINE_FRAGMENT) {
          const on = selection.typeCondition?.name.value ?? typeName;
          return { ...selection, selectionSet: rewriteSelections(selection.selectionSet, on) };
        }
        return rewriteField(selection, typeName);
      }),
    };
  }

  function rewriteField(field: FieldNode, typeName: string): FieldNode {
    const definition = types
      .get(typeName)
      ?.fields?.find(({ name }) => name.value === field.name.value);
    if (!definition) return field;
    const selectionSet =
      field.selectionSet && rewriteSelections(field.selectionSet, namedType(definition));
    const rewritten = selectionSet ? { ...field, selectionSet } : field;
    if (!field.arguments?.length) return rewritten;
    const name = virtualFields.nameFor(field);
    for (const type of typesWithField(typeName)) addField(type, field.name.value, name);
    return {
      kind: Kind.FIELD,
      name: { kind: Kind.NAME, value: name },
      ...(selectionSet ? { selectionSet } : {}),
    };
  }

  /** A field asked for at an interface is asked for at each of its implementations too, and the other way round. */
  function typesWithField(typeName: string): string[] {
    const implementers = [...types.values()].filter((type) =>
      type.interfaces?.some(({ name }) => name.value === typeName),
    );
    return [typeName, ...implementers.map((type) => type.name.value)];
  }

  function addField(typeName: string, original: string, name: string): void {
    const definition = types.get(typeName)?.fields?.find((field) => field.name.value === original);
    if (!definition) return;
    let fields = added.get(typeName);
    if (!fields) added.set(typeName, (fields = new Map()));
    fields.set(name, { ...definition, name: { kind: Kind.NAME, value: name }, arguments: [] });
  }
}

function isComposite(node: DefinitionNode | { readonly kind: string }): node is Composite {
  return node.kind === Kind.OBJECT_TYPE_DEFINITION || node.kind === Kind.INTERFACE_TYPE_DEFINITION;
}

function namedType(field: FieldDefinitionNode): string {
  let type = field.type;
  while (type.kind !== Kind.NAMED_TYPE) type = type.type;
  return type.name.value;
}

function stringArgument(directive: DirectiveNode, name: string): string | undefined {
  const argument = directive.arguments?.find((each) => each.name.value === name);
  const value: unknown = argument && valueFromASTUntyped(argument.value);
  return typeof value === 'string' ? value : undefined;
}

function unusedPrefix(sdl: string): string {
  let prefix = 'v_';
  while (new RegExp(`\\b${prefix}`).test(sdl)) prefix = `v${prefix}`;
  return prefix;
}
