import type {
  DocumentNode,
  FragmentDefinitionNode,
  GraphQLCompositeType,
  GraphQLSchema,
  OperationDefinitionNode,
  SelectionSetNode,
} from 'graphql';
import { fragmentsOf } from '../../fragments-of.ts';
import type { HintedCaching } from '../../cache-policy.ts';
import type { OperationCaching } from '../prepared-operation.ts';
import { collectCostFields, typeBelow, type Condition } from '../cost/collect-cost-fields.ts';
import type { CacheHints, FieldCaching } from './read-cache-hints.ts';

export interface CachingInput {
  readonly document: DocumentNode;
  readonly operation: OperationDefinitionNode;
  readonly schema: GraphQLSchema;
  readonly hints: CacheHints;
  /** For root fields and fields that return objects, where no hint says otherwise. */
  readonly defaultMaxAgeSeconds: number;
}

/** A field that counts only with some variables. */
interface Conditional {
  readonly condition: Condition;
  readonly caching: FieldCaching;
}

/** Compiles the hints of everything an operation asks for. Without `@skip` and `@include` it is one value, known beforehand. */
export function compileCaching(input: CachingInput): OperationCaching {
  const { operation, schema, document, defaultMaxAgeSeconds } = input;
  const root = schema.getRootType(operation.operation);
  const collector = new Collector(input, fragmentsOf(document));
  if (root) collector.add([operation.selectionSet], root, undefined);
  const always = summarize(collector.always, defaultMaxAgeSeconds);
  const { conditional } = collector;
  if (conditional.length === 0) return () => always;
  return (variables) => {
    const asked = conditional.filter(({ condition }) => condition(variables));
    if (asked.length === 0) return always;
    const all = [...collector.always, ...asked.map(({ caching }) => caching)];
    return summarize(all, defaultMaxAgeSeconds);
  };
}

function summarize(fields: Iterable<FieldCaching>, defaultMaxAgeSeconds: number): HintedCaching {
  let maxAgeSeconds = Number.POSITIVE_INFINITY;
  let isPrivate = false;
  let needsDefault = false;
  for (const field of fields) {
    maxAgeSeconds = Math.min(maxAgeSeconds, field.maxAgeSeconds ?? maxAgeSeconds);
    isPrivate ||= field.isPrivate;
    needsDefault ||= field.needsDefault;
  }
  const least = needsDefault ? Math.min(maxAgeSeconds, defaultMaxAgeSeconds) : maxAgeSeconds;
  return {
    declared: { maxAgeSeconds, isPrivate },
    complete: { maxAgeSeconds: least, isPrivate },
  };
}

/** `__schema` and `__type` return objects that nobody vouches for. */
const introspection: FieldCaching = {
  maxAgeSeconds: undefined,
  isPrivate: false,
  needsDefault: true,
};

class Collector {
  /** What counts whatever the variables are; each kind once. */
  readonly always = new Set<FieldCaching>();
  readonly conditional: Conditional[] = [];
  readonly #input: CachingInput;
  readonly #fragments: ReadonlyMap<string, FragmentDefinitionNode>;

  constructor(input: CachingInput, fragments: ReadonlyMap<string, FragmentDefinitionNode>) {
    this.#input = input;
    this.#fragments = fragments;
  }

  /** @param under what must hold for these selections to be asked at all; undefined at the root */
  add(
    sets: readonly SelectionSetNode[],
    parent: GraphQLCompositeType,
    under: { readonly condition: Condition | undefined } | undefined,
  ): void {
    const { schema, hints } = this.#input;
    for (const field of collectCostFields(sets, parent, { schema, fragments: this.#fragments })) {
      const condition = both(under?.condition, field.condition);
      const { definition } = field;
      const caching = definition ? hints.of(field.parent, definition, !under) : introspection;
      if (condition) this.conditional.push({ condition, caching });
      else this.always.add(caching);
      const below = typeBelow(field);
      if (below) this.add(field.selectionSets, below, { condition });
    }
  }
}

function both(first: Condition | undefined, second: Condition | undefined): Condition | undefined {
  if (!first || !second) return first ?? second;
  return (variables) => first(variables) && second(variables);
}
