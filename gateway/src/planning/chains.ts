import { Kind, parse, visit } from 'graphql';
import type {
  DirectiveNode,
  DocumentNode,
  FieldDefinitionNode,
  InterfaceTypeDefinitionNode,
  ObjectTypeDefinitionNode,
  SelectionSetNode,
} from 'graphql';
import { stringArgument } from './string-argument.ts';

/** A field as one subgraph has it. */
export interface SubgraphField {
  readonly subgraph: string;
  readonly on: string;
  readonly fieldName: string;
}

export type ChainEntry = readonly [field: SubgraphField, fieldSet: string];

/** Fields that are computed from computed fields (`@requires`), which the planner does not know as such. */
export class Chains {
  readonly #fieldSets = new Map<string, string>();
  readonly #subgraphsOf = new Map<string, string[]>();

  /** @param entries what {@link entries} gave, in another thread perhaps */
  constructor(entries: readonly ChainEntry[] = []) {
    for (const [field, fieldSet] of entries) this.add(field, fieldSet);
  }

  /** All of them as plain data. */
  get entries(): ChainEntry[] {
    return [...this.#subgraphsOf].flatMap(([coordinate, subgraphs]) => {
      const [on = '', fieldName = ''] = coordinate.split('.');
      return subgraphs.map((subgraph): ChainEntry => {
        const field = { subgraph, on, fieldName };
        return [field, this.fieldSetOf(field) ?? ''];
      });
    });
  }

  add({ subgraph, on, fieldName }: SubgraphField, fieldSet: string): void {
    this.#fieldSets.set(`${subgraph} ${on}.${fieldName}`, fieldSet);
    const coordinate = `${on}.${fieldName}`;
    const known = this.#subgraphsOf.get(coordinate) ?? [];
    this.#subgraphsOf.set(coordinate, [...known, subgraph]);
  }

  get isEmpty(): boolean {
    return this.#fieldSets.size === 0;
  }

  /** What a field of a subgraph's type is computed from; undefined when it is none of these. */
  fieldSetOf({ subgraph, on, fieldName }: SubgraphField): string | undefined {
    return this.#fieldSets.get(`${subgraph} ${on}.${fieldName}`);
  }

  /** What a field of a type is computed from, in each of the subgraphs where it is one of these. */
  fieldSetsOf(on: string, fieldName: string): readonly string[] {
    const subgraphs = this.#subgraphsOf.get(`${on}.${fieldName}`) ?? [];
    return subgraphs.flatMap((subgraph) => this.fieldSetOf({ subgraph, on, fieldName }) ?? []);
  }
}

type Composite = ObjectTypeDefinitionNode | InterfaceTypeDefinitionNode;

/**
 * Takes the `requires` of fields that are computed from computed fields out of a supergraph. The planner orders such
 * fetches wrongly where they go back and forth between subgraphs, so it gets to know the rest only:
 * `add-chain-inputs.ts` asks it for the inputs, `fetch-chains.ts` puts the fields behind them.
 */
export function takeOutChains(document: DocumentNode): {
  readonly document: DocumentNode;
  readonly chains: Chains;
} {
  const chains = new Chains();
  const types = new Map<string, Composite>();
  for (const each of document.definitions) {
    if (isComposite(each)) types.set(each.name.value, each);
  }
  const subgraphs = subgraphNames(document);
  const rewrite = <T extends Composite>(type: T): T => ({
    ...type,
    fields: (type.fields ?? []).map((field) => ({
      ...field,
      directives: (field.directives ?? []).map((directive) => {
        const fieldSet = requiresOf(directive);
        if (fieldSet === undefined || !readsComputed(parseFieldSet(fieldSet), type.name.value)) {
          return directive;
        }
        const subgraph = subgraphs.get(graphOf(directive)) ?? '';
        chains.add({ subgraph, on: type.name.value, fieldName: field.name.value }, fieldSet);
        return withoutRequires(directive);
      }),
    })),
  });
  return {
    document: visit(document, { ObjectTypeDefinition: rewrite, InterfaceTypeDefinition: rewrite }),
    chains,
  };

  function readsComputed(set: SelectionSetNode, typeName: string): boolean {
    return set.selections.some((selection) => {
      if (selection.kind === Kind.FRAGMENT_SPREAD) return false;
      if (selection.kind === Kind.INLINE_FRAGMENT) {
        return readsComputed(
          selection.selectionSet,
          selection.typeCondition?.name.value ?? typeName,
        );
      }
      const fields = fieldsNamed(selection.name.value, typeName);
      if (fields.some((field) => (field.directives ?? []).some((each) => requiresOf(each))))
        return true;
      const [definition] = fields;
      return (
        definition !== undefined &&
        selection.selectionSet !== undefined &&
        readsComputed(selection.selectionSet, namedType(definition))
      );
    });
  }

  /** A field of a type, of what it may be and of what it is: an interface object computes for all of them. */
  function fieldsNamed(name: string, typeName: string): readonly FieldDefinitionNode[] {
    const type = types.get(typeName);
    const above = (type?.interfaces ?? []).map((each) => each.name.value);
    const related = [...types.values()].filter(
      (each) =>
        each === type ||
        above.includes(each.name.value) ||
        each.interfaces?.some((one) => one.name.value === typeName),
    );
    return related.flatMap(({ fields = [] }) => fields.filter((each) => each.name.value === name));
  }
}

/** The selections of a field set. */
export function parseFieldSet(fieldSet: string): SelectionSetNode {
  const [query] = parse(`{${fieldSet}}`, { noLocation: true }).definitions;
  if (query?.kind !== Kind.OPERATION_DEFINITION) throw new Error(`No field set: ${fieldSet}`);
  return query.selectionSet;
}

function requiresOf(directive: DirectiveNode): string | undefined {
  return directive.name.value === 'join__field' ? stringArgument(directive, 'requires') : undefined;
}

function withoutRequires(directive: DirectiveNode): DirectiveNode {
  const kept = (directive.arguments ?? []).filter(({ name }) => name.value !== 'requires');
  return { ...directive, arguments: kept };
}

function graphOf(directive: DirectiveNode): string {
  const value = directive.arguments?.find(({ name }) => name.value === 'graph')?.value;
  return value?.kind === Kind.ENUM ? value.value : '';
}

/** By value of the enum `join__Graph`: what the subgraph is called. */
function subgraphNames(document: DocumentNode): ReadonlyMap<string, string> {
  const names = new Map<string, string>();
  for (const definition of document.definitions) {
    if (definition.kind !== Kind.ENUM_TYPE_DEFINITION || definition.name.value !== 'join__Graph') {
      continue;
    }
    for (const { name, directives = [] } of definition.values ?? []) {
      const graph = directives.find((each) => each.name.value === 'join__graph');
      names.set(name.value, (graph && stringArgument(graph, 'name')) ?? name.value);
    }
  }
  return names;
}

function isComposite(node: { readonly kind: string }): node is Composite {
  return node.kind === Kind.OBJECT_TYPE_DEFINITION || node.kind === Kind.INTERFACE_TYPE_DEFINITION;
}

function namedType({ type }: FieldDefinitionNode): string {
  let inner = type;
  while (inner.kind !== Kind.NAMED_TYPE) inner = inner.type;
  return inner.name.value;
}
