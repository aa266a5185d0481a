/** An entity as the gateway names it: `__typename`, the fields of one of its keys, and what it `@requires`. */
export type Representation = Readonly<Record<string, unknown>>;

type ReferenceResolver<Context, Entity> = (
  reference: Representation,
  context: Context,
) => Promise<Entity | null>;

/** How to find an entity by one of its keys. */
export interface KeyedBy<Context, Entity> {
  /** The fields of the key, as in `@key(fields: "productId code")`. */
  readonly fields: readonly string[];
  /** Finds it, through a loader of the request; null when it does not exist. */
  readonly find: (
    key: Readonly<Record<string, string>>,
    context: Context,
  ) => Promise<Entity | null> | Entity | null;
}

/**
 * Makes a `__resolveReference` for an entity with one or several keys. The first key whose fields are all
 * there decides. A representation without any key is an error of that entity alone.
 */
export function resolveReferenceBy<Context, Entity>(
  ...keys: readonly KeyedBy<Context, Entity>[]
): ReferenceResolver<Context, Entity> {
  // Async, so that what it throws is an error of this entity and not of the whole list.
  return async function resolveReference(reference, context) {
    for (const key of keys) {
      const parts = readKey(reference, key.fields);
      if (parts) return key.find(parts, context);
    }
    const known = keys.map((key) => `"${key.fields.join(' ')}"`).join(' or ');
    throw new Error(`A reference to ${String(reference['__typename'])} lacks its key ${known}`);
  };
}

function readKey(
  reference: Representation,
  fields: readonly string[],
): Readonly<Record<string, string>> | undefined {
  const parts: Record<string, string> = {};
  for (const field of fields) {
    const value = reference[field];
    if (typeof value !== 'string' && typeof value !== 'number') return undefined;
    parts[field] = String(value);
  }
  return parts;
}

/**
 * For a field that cannot be null: the row that a foreign key names.
 * @throws Error when there is none
 */
export async function mustExist<Row>(
  found: Promise<Row | null>,
  type: string,
  id: string,
): Promise<Row> {
  const row = await found;
  if (row === null) throw new Error(`${type} ${id} is referred to, but does not exist`);
  return row;
}
