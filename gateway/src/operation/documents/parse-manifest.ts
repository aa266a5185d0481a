import { setImmediate } from 'node:timers/promises';
import { hashOf } from './automatic-queries.ts';

/** Documents that may be run: by id, and by text. */
export interface Manifest {
  readonly size: number;
  /** @param clientName some documents are for one client only */
  find(id: string, clientName: string | undefined): string | undefined;
  holds(text: string, clientName: string | undefined): boolean;
  /** What the manifest calls this text, whoever it is for. */
  describe(text: string): ManifestDocument | undefined;
}

/** A document as its manifest names it. */
export interface ManifestDocument {
  readonly id: string;
  /** The name of its operation, where the manifest has one. */
  readonly name: string | undefined;
  /** The only client it is for. Undefined: it is for all. */
  readonly clientName: string | undefined;
}

/** Documents of one client, or of all. */
interface Shelf {
  readonly byId: Map<string, string>;
  readonly byText: Map<string, ManifestDocument>;
}

interface Entry extends ManifestDocument {
  readonly text: string;
}

/** So many characters of documents are hashed in one go: some ten milliseconds. */
const sliceLength = 1_000_000;

/**
 * Reads a manifest: Apollo's (`{"format":"apollo-persisted-query-manifest","version":1,"operations":[{"id","body"}]}`, with
 * an optional `clientName` each), or a plain object of id → document as Relay and GraphQL Code Generator write it.
 * Requests come first: a manifest of thousands of documents is read in slices.
 * @throws Error saying what is wrong with it
 */
export async function parseManifest(text: string): Promise<Manifest> {
  const entries = readEntries(parseJson(text));
  const shelves = new Map<string | undefined, Shelf>();
  let length = 0;
  for (const { text: document, ...named } of entries) {
    const { id, clientName } = named;
    length += document.length;
    if (length > sliceLength) {
      length = 0;
      await setImmediate();
    }
    let shelf = shelves.get(clientName);
    if (!shelf) {
      shelf = { byId: new Map(), byText: new Map() };
      shelves.set(clientName, shelf);
    }
    shelf.byId.set(id, document).set(hashOf(document), document);
    shelf.byText.set(document, named);
  }
  const common = shelves.get(undefined);
  const own = (clientName: string | undefined): Shelf | undefined =>
    clientName === undefined ? undefined : shelves.get(clientName);
  return {
    size: entries.length,
    find: (id, clientName) => own(clientName)?.byId.get(id) ?? common?.byId.get(id),
    holds: (document, clientName) =>
      common?.byText.has(document) === true || own(clientName)?.byText.has(document) === true,
    describe(document) {
      for (const { byText } of shelves.values()) {
        const found = byText.get(document);
        if (found) return found;
      }
      return undefined;
    },
  };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new Error('it is not JSON');
  }
}

function readEntries(value: unknown): Entry[] {
  if (!isObject(value)) throw new Error('it is no JSON object');
  if (!('format' in value && 'operations' in value)) return readPlain(value);
  const { format, version, operations } = value;
  if (format !== 'apollo-persisted-query-manifest' || version !== 1) {
    throw new Error(
      `its format is ${describe(format)} in version ${describe(version)}, but it must be "apollo-persisted-query-manifest" in version 1`,
    );
  }
  if (!Array.isArray(operations)) throw new Error('its "operations" are no list');
  return operations.map((operation: unknown, at): Entry => {
    const { id, name, body, clientName } = isObject(operation) ? operation : {};
    if (typeof id !== 'string' || typeof body !== 'string') {
      throw new Error(`operations[${at}] needs an "id" and a "body", both strings`);
    }
    assertDocument(body, `operations[${at}].body`);
    return { id, name: asText(name), text: body, clientName: asText(clientName) };
  });
}

function readPlain(value: Readonly<Record<string, unknown>>): Entry[] {
  return Object.entries(value).map(([key, document]): Entry => {
    if (typeof document !== 'string') {
      throw new Error(`the document ${describe(key)} is no string`);
    }
    assertDocument(document, describe(key));
    const id = key.startsWith('sha256:') ? key.slice(7) : key;
    return { id, name: undefined, text: document, clientName: undefined };
  });
}

function asText(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined;
}

/** Many a server says what went wrong in JSON and with status 200: `{"message":"not found"}` is no manifest. */
function assertDocument(text: string, place: string): void {
  if (!text.includes('{')) throw new Error(`${place} is no GraphQL document: ${describe(text)}`);
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function describe(value: unknown): string {
  return (JSON.stringify(value) ?? 'missing').slice(0, 60);
}
