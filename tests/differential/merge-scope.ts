import {
  getNamedType,
  isCompositeType,
  isObjectType,
  type GraphQLField,
  type GraphQLNamedType,
} from 'graphql';

interface Use {
  readonly parent: GraphQLNamedType;
  /** Field name and arguments. */
  readonly signature: string;
  /** The shape of its values: wrappers, and the type where it is a leaf. */
  readonly shape: string;
}

/**
 * The response names of one object of the answer, with the fields of all fragments that may fill it: an operation is only
 * valid when fields of one response name can be merged (GraphQL specification October 2021, §5.3.2).
 */
export class MergeScope {
  readonly #uses = new Map<string, Use[]>();
  readonly #children = new Map<string, MergeScope>();
  #count = 0;

  /** Returns the wanted response name, or a new one where the wanted one is taken by a field of another kind. */
  claim(
    wanted: string,
    parent: GraphQLNamedType,
    field: { readonly signature: string; readonly definition: GraphQLField<unknown, unknown> },
  ): string {
    const use: Use = { parent, signature: field.signature, shape: shapeOf(field.definition) };
    const known = this.#uses.get(wanted) ?? [];
    if (known.every((each) => canMerge(each, use))) {
      this.#uses.set(wanted, [...known, use]);
      return wanted;
    }
    return this.claim(`n${(this.#count += 1)}`, parent, field);
  }

  /** The scope of the objects under a response name. */
  below(responseName: string): MergeScope {
    let child = this.#children.get(responseName);
    if (!child) this.#children.set(responseName, (child = new MergeScope()));
    return child;
  }
}

/** An object is of one object type only: fields of two may share a name when their values look alike. */
function canMerge(one: Use, other: Use): boolean {
  if (one.shape !== other.shape) return false;
  const areExclusive =
    one.parent !== other.parent && isObjectType(one.parent) && isObjectType(other.parent);
  return areExclusive || one.signature === other.signature;
}

function shapeOf({ type }: GraphQLField<unknown, unknown>): string {
  const named = getNamedType(type);
  return isCompositeType(named) ? String(type).replace(named.name, '{}') : String(type);
}
