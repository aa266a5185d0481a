import { Supergraph } from '@apollo/federation-internals';
import { GraphQLError, Kind, parse, visit } from 'graphql';
import type {
  DirectiveNode,
  DocumentNode,
  InterfaceTypeDefinitionNode,
  ObjectTypeDefinitionNode,
} from 'graphql';
import { GatewayError } from '../errors.ts';
import { addVirtualFields } from './add-virtual-fields.ts';
import { takeOutChains, type Chains } from './chains.ts';
import { stringArgument } from './string-argument.ts';
import { readSubgraphTypes, type SubgraphTypes } from './subgraph-types.ts';
import { VirtualFields } from './virtual-fields.ts';

/** What the planner works with: never shown to clients. */
export interface PlannerSupergraph {
  readonly supergraph: Supergraph;
  readonly virtualFields: VirtualFields;
  readonly chains: Chains;
  readonly subgraphTypes: SubgraphTypes;
  /** The definitions with virtual fields, and all that fields require. */
  readonly document: DocumentNode;
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
  const rewritten = addVirtualFields(putResolvableKeysFirst(document), virtualFields);
  const { document: unchained, chains } = takeOutChains(rewritten);
  try {
    const supergraph = Supergraph.build(unchained, {
      supportedFeatures,
      validateSupergraph: false,
    });
    const subgraphTypes = readSubgraphTypes(supergraph);
    return { supergraph, virtualFields, chains, subgraphTypes, document: rewritten };
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
  const sorted = <T extends ObjectTypeDefinitionNode | InterfaceTypeDefinitionNode>(type: T): T => {
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

function unusedPrefix(sdl: string): string {
  let prefix = 'v_';
  while (new RegExp(`\\b${prefix}`).test(sdl)) prefix = `v${prefix}`;
  return prefix;
}
