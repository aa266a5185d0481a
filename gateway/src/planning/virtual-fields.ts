import { Kind, parse, print, stripIgnoredCharacters, visit } from 'graphql';
import type { ArgumentNode, FieldNode } from 'graphql';

/**
 * The planner merges selections by response name and forgets arguments, so a `@requires(fields: "price(currency: …)")`
 * would meet the client's own `price`. In the planner's copy of the supergraph every field with arguments inside a
 * `requires` is therefore a field of its own, without arguments; subgraphs still see `name: price(currency: …)`.
 */
export class VirtualFields {
  readonly #prefix: string;
  readonly #bySignature = new Map<string, string>();
  readonly #originals = new Map<string, { name: string; arguments: readonly ArgumentNode[] }>();

  /** @param prefix begins no name in the supergraph and none a client's alias is turned into */
  constructor(prefix: string) {
    this.#prefix = prefix;
  }

  /** The virtual field for a field with these arguments; the same for the same. */
  nameFor(field: FieldNode): string {
    const given = field.arguments ?? [];
    const signature = `${field.name.value}(${given
      .map((each) => print(each))
      .sort()
      .join(',')})`;
    let name = this.#bySignature.get(signature);
    if (name === undefined) {
      name = `${this.#prefix}${this.#bySignature.size}_${field.name.value}`;
      this.#bySignature.set(signature, name);
      this.#originals.set(name, { name: field.name.value, arguments: given });
    }
    return name;
  }

  isVirtual(name: string): boolean {
    return this.#originals.has(name);
  }

  /** The name the subgraphs know. */
  originalName(name: string): string {
    return this.#originals.get(name)?.name ?? name;
  }

  /** Writes the real fields back into a subgraph operation, with the virtual names as aliases. */
  restore(operation: string): string {
    if (this.#originals.size === 0 || !operation.includes(this.#prefix)) return operation;
    const restored = visit(parse(operation, { noLocation: true }), {
      Field: (field) => {
        const original = this.#originals.get(field.name.value);
        if (!original) return undefined;
        return {
          ...field,
          alias: field.alias ?? { kind: Kind.NAME, value: field.name.value },
          name: { kind: Kind.NAME, value: original.name },
          arguments: original.arguments,
        };
      },
    });
    return stripIgnoredCharacters(print(restored));
  }
}
