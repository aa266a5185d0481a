import type { SubgraphResponse } from '@trellis/gateway/subgraph-request';
import {
  buildSchema,
  getNamedType,
  GraphQLError,
  isAbstractType,
  isInterfaceType,
  isLeafType,
  isObjectType,
  isUnionType,
  type GraphQLField,
  type GraphQLNamedType,
  type GraphQLSchema,
} from 'graphql';
import { Queue } from './queue.ts';
import type { Owner, Owners } from './shop-owners.ts';

/** Asks one service. */
export type AskService = (
  service: string,
  request: { readonly query: string; readonly variables: Readonly<Record<string, unknown>> },
) => Promise<SubgraphResponse>;

/** An entity on its way through graphql-js: who it is, and nothing else. */
interface EntityRef {
  readonly __typename: string;
  readonly id: string;
}

/**
 * One schema over all services that knows nothing of planning: graphql-js walks it, and every field of every entity asks
 * the service that owns it, one object and one field at a time. Slow, and simple enough to be believed.
 * @param apiSdl the schema that clients see
 */
export function makeShopOracle(apiSdl: string, owners: Owners, ask: AskService): GraphQLSchema {
  const schema = buildSchema(apiSdl);
  const oracle = new Oracle(schema, owners, ask);
  for (const type of Object.values(schema.getTypeMap())) {
    if (!isObjectType(type) || type.name.startsWith('__')) continue;
    for (const field of Object.values(type.getFields())) {
      const owner = oracle.ownerOf(type.name, field.name);
      if (type === schema.getQueryType() && owner) {
        field.resolve = (_root, args: object) => oracle.askRoot(field, owner, args);
      } else if (owners.entities.has(type.name) && owner && field.name !== 'id') {
        field.resolve = (entity: EntityRef, args: object) =>
          oracle.askEntity(field, owner, { entity, args });
      }
    }
  }
  return schema;
}

/** How many requests are under way at once: services refuse what they cannot keep up with. */
const maxRequests = 8;

class Oracle {
  readonly #schema: GraphQLSchema;
  readonly #owners: Owners;
  readonly #ask: AskService;
  /** Nothing is written while it is asked: the same question has the same answer. */
  readonly #known = new Map<string, Promise<SubgraphResponse>>();
  readonly #queue = new Queue(maxRequests);

  constructor(schema: GraphQLSchema, owners: Owners, ask: AskService) {
    this.#schema = schema;
    this.#owners = owners;
    this.#ask = ask;
  }

  /** Services may add fields to all types of an interface at once. */
  ownerOf(type: string, field: string): Owner | undefined {
    const own = this.#owners.byField.get(`${type}.${field}`);
    if (own) return own;
    const definition = this.#schema.getType(type);
    const interfaces = isObjectType(definition) ? definition.getInterfaces() : [];
    return interfaces
      .map(({ name }) => this.#owners.byField.get(`${name}.${field}`))
      .find((each) => each !== undefined);
  }

  async askRoot(
    field: GraphQLField<unknown, unknown>,
    { service }: Owner,
    args: object,
  ): Promise<unknown> {
    const { definitions, call } = this.#writeCall(field, args);
    const query = `query${definitions && `(${definitions})`} { value: ${call} }`;
    const { data, errors } = await this.#askOnce(service, query, { ...args });
    return this.#readValue(field, (data as { value?: unknown } | null)?.value, errors, 1);
  }

  async askEntity(
    field: GraphQLField<unknown, unknown>,
    owner: Owner,
    { entity, args }: { readonly entity: EntityRef; readonly args: object },
  ): Promise<unknown> {
    const inputs = owner.requires === '' ? {} : await this.#readInputs(entity, owner.requires);
    const { definitions, call } = this.#writeCall(field, args);
    const query = `query ($representations: [_Any!]!${definitions && `, ${definitions}`}) {
      _entities(representations: $representations) { ... on ${owner.type} { value: ${call} } } }`;
    const representation = { __typename: owner.type, id: entity.id, ...inputs };
    const variables = { ...args, representations: [representation] };
    const { data, errors } = await this.#askOnce(owner.service, query, variables);
    const found = (data as { _entities?: readonly ({ value?: unknown } | null)[] } | null)
      ?._entities?.[0];
    return this.#readValue(field, found?.value, errors, 3);
  }

  /** Reads what a field is computed from: leaves and plain objects of one level. */
  async #readInputs(entity: EntityRef, selections: string): Promise<Record<string, unknown>> {
    const type = this.#schema.getType(entity.__typename);
    if (!isObjectType(type)) throw new Error(`${entity.__typename} is no object type`);
    const names = selections
      .replaceAll(/\{[^}]*\}/g, ' ')
      .split(/\s+/)
      .filter(Boolean);
    const inputs: Record<string, unknown> = {};
    for (const name of names) {
      const field = type.getFields()[name];
      const owner = this.ownerOf(type.name, name);
      if (!field || !owner) throw new Error(`nobody owns ${type.name}.${name}`);
      inputs[name] = await this.askEntity(field, owner, { entity, args: {} });
    }
    return inputs;
  }

  #writeCall(
    field: GraphQLField<unknown, unknown>,
    args: object,
  ): { readonly definitions: string; readonly call: string } {
    const given = field.args.filter(({ name }) => name in args);
    const definitions = given.map(({ name, type }) => `$${name}: ${String(type)}`).join(', ');
    const values = given.map(({ name }) => `${name}: $${name}`).join(', ');
    const selections = this.#selectAll(getNamedType(field.type));
    return { definitions, call: `${field.name}${values && `(${values})`} ${selections}` };
  }

  /** Everything of plain objects; of entities only who they are. */
  #selectAll(type: GraphQLNamedType): string {
    if (isLeafType(type)) return '';
    if (isUnionType(type)) {
      const members = type.getTypes().map(({ name }) => `... on ${name} { id }`);
      return `{ __typename ${members.join(' ')} }`;
    }
    if (this.#owners.entities.has(type.name)) return '{ __typename id }';
    if (!isObjectType(type) && !isInterfaceType(type)) return '';
    const fields = Object.values(type.getFields()).map(
      ({ name, type: inner }) => `${name} ${this.#selectAll(getNamedType(inner))}`,
    );
    return `{ ${fields.join(' ')} }`;
  }

  #askOnce(
    service: string,
    query: string,
    variables: Readonly<Record<string, unknown>>,
  ): Promise<SubgraphResponse> {
    const key = JSON.stringify([service, query, variables]);
    let answer = this.#known.get(key);
    if (!answer) {
      answer = this.#queue.run(() => this.#ask(service, { query, variables }));
      this.#known.set(key, answer);
    }
    return answer;
  }

  /**
   * Puts errors where they belong, so that graphql-js meets them only where the client looks.
   * @param depth how many steps of an error's path lead to the value
   */
  async #readValue(
    field: GraphQLField<unknown, unknown>,
    value: unknown,
    errors: SubgraphResponse['errors'],
    depth: number,
  ): Promise<unknown> {
    let placed: unknown = structuredClone(value ?? null);
    for (const { message, path = [] } of errors ?? []) {
      placed = place(placed, path.slice(depth), new GraphQLError(message));
    }
    return this.#nameTypes(placed, isAbstractType(getNamedType(field.type)));
  }

  /** A service that sees all kinds of an interface as one cannot tell which it is: the owner of the kinds can. */
  async #nameTypes(value: unknown, isAbstract: boolean): Promise<unknown> {
    if (Array.isArray(value)) {
      return Promise.all(value.map((item: unknown) => this.#nameTypes(item, isAbstract)));
    }
    if (typeof value !== 'object' || value === null || value instanceof Error) return value;
    const named = value as Record<string, unknown>;
    if (named['__typename'] === 'Product') {
      const query = 'query ($id: ID) { product(id: $id) { __typename id } }';
      const { data, errors } = await this.#askOnce('catalog', query, { id: named['id'] });
      if (errors)
        throw new Error(`catalog does not tell the kind of a product: ${errors[0]?.message}`);
      return (data as { product: unknown }).product;
    }
    const entries = await Promise.all(
      Object.entries(named).map(
        async ([key, inner]) => [key, await this.#nameTypes(inner, isAbstract)] as const,
      ),
    );
    return Object.fromEntries(entries);
  }
}

/** Puts an error at a path, or at the null on the way. */
function place(value: unknown, path: readonly (string | number)[], error: Error): unknown {
  const [key, ...rest] = path;
  if (key === undefined || typeof value !== 'object' || value === null) return error;
  const holder = value as Record<string | number, unknown>;
  holder[key] = place(holder[key], rest, error);
  return holder;
}
