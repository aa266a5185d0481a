import {
  getNamedType,
  isAbstractType,
  isCompositeType,
  Kind,
  parse,
  type ConstDirectiveNode,
  type DocumentNode,
  type GraphQLCompositeType,
  type GraphQLSchema,
} from 'graphql';
import type { AnyField } from '../cost/list-size.ts';
import { argumentOf, numberOf, readImports } from '../directive-arguments.ts';

/** What one `@cacheControl` says; what it does not say is undefined. */
interface Hint {
  readonly maxAgeSeconds: number | undefined;
  readonly isPrivate: boolean | undefined;
  readonly inherits: boolean;
}

/** What a field means for the answer it stands in. */
export interface FieldCaching {
  /** Undefined: it says nothing and shares what holds for its parent. */
  readonly maxAgeSeconds: number | undefined;
  readonly isPrivate: boolean;
  /** Whether it says nothing although it returns objects that nobody vouches for: then the default age counts. */
  readonly needsDefault: boolean;
}

/** The `@cacheControl` hints of a supergraph. */
export interface CacheHints {
  /** @param isRoot whether the field is one of the operation's own: those inherit from nobody */
  of(parent: GraphQLCompositeType, field: AnyField, isRoot: boolean): FieldCaching;
}

const silent: Hint = { maxAgeSeconds: undefined, isPrivate: undefined, inherits: false };

/**
 * Reads the `@cacheControl` directives of a supergraph, under whatever names `@link` imports them.
 * @returns nothing when it has none
 */
export function readCacheHints(
  sdl: string,
  schema: GraphQLSchema,
  readDocument = () => parse(sdl, { noLocation: true }),
): CacheHints | undefined {
  if (!sdl.includes('cacheControl')) return undefined;
  const { types, fields } = readDirectives(readDocument());
  if (types.size === 0 && fields.size === 0) return undefined;
  const known = new Map<string, FieldCaching>();

  function ofConcrete(typeName: string, field: AnyField, isRoot: boolean): FieldCaching {
    const returned = getNamedType(field.type);
    const own = fields.get(`${typeName}.${field.name}`) ?? silent;
    return join(own, types.get(returned.name) ?? silent, {
      isComposite: isCompositeType(returned),
      isRoot,
    });
  }

  /** Where the type of an object is not known before, the strictest of all it can be counts. */
  function ofAny(parent: GraphQLCompositeType, field: AnyField, isRoot: boolean): FieldCaching {
    if (!isAbstractType(parent)) return ofConcrete(parent.name, field, isRoot);
    const each = schema.getPossibleTypes(parent).map(({ name }) => ofConcrete(name, field, isRoot));
    const own = fields.get(`${parent.name}.${field.name}`);
    return strictestOf([...each, ...(own ? [asCaching(own)] : [])]);
  }

  return {
    of(parent, field, isRoot) {
      const key = `${parent.name}.${field.name}`;
      if (isRoot) return ofAny(parent, field, isRoot);
      let caching = known.get(key);
      if (!caching) known.set(key, (caching = ofAny(parent, field, isRoot)));
      return caching;
    },
  };
}

/**
 * The rules of Apollo Server: a field's own hint goes before that of the type it returns; without an age, root fields and
 * fields that return objects get the default, unless they inherit; other fields always inherit.
 */
function join(
  field: Hint,
  returned: Hint,
  { isComposite, isRoot }: { readonly isComposite: boolean; readonly isRoot: boolean },
): FieldCaching {
  const maxAgeSeconds = field.maxAgeSeconds ?? returned.maxAgeSeconds;
  const inherits = !isRoot && (!isComposite || field.inherits || returned.inherits);
  return {
    maxAgeSeconds,
    isPrivate: field.isPrivate ?? returned.isPrivate ?? false,
    needsDefault: maxAgeSeconds === undefined && !inherits,
  };
}

function asCaching({ maxAgeSeconds, isPrivate = false }: Hint): FieldCaching {
  return { maxAgeSeconds, isPrivate, needsDefault: false };
}

function strictestOf(all: readonly FieldCaching[]): FieldCaching {
  const ages = all.flatMap(({ maxAgeSeconds }) => maxAgeSeconds ?? []);
  return {
    maxAgeSeconds: ages.length > 0 ? Math.min(...ages) : undefined,
    isPrivate: all.some(({ isPrivate }) => isPrivate),
    needsDefault: all.some(({ needsDefault }) => needsDefault),
  };
}

interface Directives {
  /** By type. */
  readonly types: Map<string, Hint>;
  /** By `Type.field`. */
  readonly fields: Map<string, Hint>;
}

function readDirectives(document: DocumentNode): Directives {
  const names = readNames(document);
  const read: Directives = { types: new Map(), fields: new Map() };
  for (const definition of document.definitions) {
    if (!('name' in definition) || !definition.name || !('directives' in definition)) continue;
    const typeName = definition.name.value;
    const ofType = hintOf(definition.directives as readonly ConstDirectiveNode[], names);
    if (ofType) read.types.set(typeName, ofType);
    if (!('fields' in definition)) continue;
    for (const field of definition.fields ?? []) {
      const hint = hintOf(field.directives, names);
      if (hint) read.fields.set(`${typeName}.${field.name.value}`, hint);
    }
  }
  return read;
}

/** How `@cacheControl` is called here. Who writes a supergraph by hand need not link it. */
function readNames(document: DocumentNode): ReadonlySet<string> {
  const names = new Set(['cacheControl']);
  for (const { namespace, names: imported } of readImports(document)) {
    const used = imported.get('cacheControl');
    if (used !== undefined) names.add(used);
    if (namespace !== undefined) names.add(`${namespace}__cacheControl`);
  }
  return names;
}

function hintOf(
  directives: readonly ConstDirectiveNode[] | undefined,
  names: ReadonlySet<string>,
): Hint | undefined {
  const written = directives?.filter(({ name }) => names.has(name.value)) ?? [];
  return written.length > 0 ? written.map(readHint).reduce(stricter) : undefined;
}

function readHint(directive: ConstDirectiveNode): Hint {
  const maxAge = numberOf(argumentOf(directive, 'maxAge'));
  const scope = argumentOf(directive, 'scope');
  const inherit = argumentOf(directive, 'inheritMaxAge');
  return {
    maxAgeSeconds: maxAge === undefined ? undefined : Math.max(0, Math.floor(maxAge)),
    isPrivate: scope?.kind === Kind.ENUM ? scope.value === 'PRIVATE' : undefined,
    inherits: inherit?.kind === Kind.BOOLEAN && inherit.value,
  };
}

/** Several at one place: a supergraph may say it once for each subgraph that does. */
function stricter(first: Hint, second: Hint): Hint {
  const ages = [first, second].flatMap(({ maxAgeSeconds }) => maxAgeSeconds ?? []);
  const scopes = [first, second].flatMap(({ isPrivate }) => isPrivate ?? []);
  return {
    maxAgeSeconds: ages.length > 0 ? Math.min(...ages) : undefined,
    isPrivate: scopes.length > 0 ? scopes.includes(true) : undefined,
    inherits: first.inherits && second.inherits,
  };
}
