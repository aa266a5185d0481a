import { createHash } from 'node:crypto';
import { LRUCache } from 'lru-cache';
import type { z } from 'zod';
import { announce } from '../channels.ts';
import { stateChannel, type StateReport } from '../state.ts';
import { GatewayError } from '../errors.ts';
import type { IncomingOperation } from '../request.ts';
import type { PreparedOperation } from './prepared-operation.ts';
import type { Snapshot } from '../supergraph/snapshot.ts';
import { createCachingCompiler } from './caching/caching-compiler.ts';
import { createCostCompiler } from './cost/cost-compiler.ts';
import { createResolveDocument, type ResolveDocument } from './documents/resolve-document.ts';
import { limitDocument } from './limits/limit-document.ts';
import type { operationOptions } from './options.ts';
import { parseDocument, selectOperation } from './parse.ts';
import { createValidate, refuseInvalid } from './validate.ts';

export type Prepare = (incoming: IncomingOperation, snapshot: Snapshot) => PreparedOperation;

/** A document without locations takes about 30 bytes of heap per character of text; see docs/decisions/0024. */
const bytesPerCharacter = 30;
const bytesPerEntry = 1_000;

/** The cache of the supergraph that came last: what {@link stateChannel} tells. */
let newest: WeakRef<LRUCache<string, PreparedOperation>> | undefined;
stateChannel.subscribe((message) => {
  const cache = newest?.deref();
  if (cache) (message as StateReport).cache('operations', cache.size, cache.calculatedSize);
});

/** Prepares an operation of an older supergraph for a newer one. Undefined where it does not fit that. */
export type RenewPrepared = (
  prepared: PreparedOperation,
  snapshot: Snapshot,
) => PreparedOperation | undefined;

export interface Preparation {
  readonly prepare: Prepare;
  readonly renew: RenewPrepared;
  /** Reads what a supergraph says of costs and caching, before it is served. */
  readonly open: (snapshot: Snapshot) => void;
}

/**
 * Returns the only way from the text of an operation to a prepared one. The same text and operation name is parsed
 * and validated once per snapshot.
 * @throws GatewayError for anything that cannot be run, with the status of the catalogue
 */
export function createPrepare(
  options: z.output<typeof operationOptions>,
  isProduction: boolean,
  resolveDocument?: ResolveDocument,
): Prepare {
  return createPreparation(options, isProduction, resolveDocument).prepare;
}

/** The same, with what makes a newer supergraph ready for the operations of an older one. */
export function createPreparation(
  options: z.output<typeof operationOptions>,
  isProduction: boolean,
  resolveDocument: ResolveDocument = createResolveDocument({}),
): Preparation {
  const validateDocument = createValidate({
    introspection: options.introspection ?? !isProduction,
    suggestions: options.suggestions ?? !isProduction,
  });
  const costs = options.cost.isEnabled ? createCostCompiler(options.cost) : undefined;
  const { cacheHints } = options;
  const caching = cacheHints.isEnabled ? createCachingCompiler(cacheHints) : undefined;
  const caches = new WeakMap<Snapshot, LRUCache<string, PreparedOperation>>();

  function cacheOf(snapshot: Snapshot): LRUCache<string, PreparedOperation> | undefined {
    if (options.maxCacheBytes === 0) return undefined;
    let cache = caches.get(snapshot);
    if (!cache) {
      cache = new LRUCache({
        maxSize: options.maxCacheBytes,
        sizeCalculation: (_prepared, key) => bytesPerEntry + key.length * bytesPerCharacter,
      });
      caches.set(snapshot, cache);
      newest = new WeakRef(cache);
    }
    return cache;
  }

  function prepareText(
    text: string,
    name: string | undefined,
    snapshot: Snapshot,
  ): PreparedOperation {
    const limits = { maxTokens: options.maxTokens };
    const startedAt = performance.now();
    const document = parseDocument(text, { ...limits, withLocations: false });
    limitDocument(document, options);
    const operation = selectOperation(document, name);
    const parsedAt = performance.now();
    const errors = validateDocument(snapshot.apiSchema, document);
    const validateMs = performance.now() - parsedAt;
    announce({ event: 'prepared', parseMs: parsedAt - startedAt, validateMs });
    if (errors.length > 0) {
      const located = parseDocument(text, { ...limits, withLocations: true });
      throw refuseInvalid(validateDocument(snapshot.apiSchema, located), located);
    }
    const cost = costs?.costOf(document, operation, snapshot);
    const cached = caching?.cachingOf(document, operation, snapshot);
    return {
      hash: hashOf(text, name),
      text,
      document,
      operation,
      name: operation.name?.value,
      kind: operation.operation,
      ...(cost ? { cost } : {}),
      ...(cached ? { caching: cached } : {}),
    };
  }

  const prepare: Prepare = (incoming, snapshot) => {
    const { text, accept } = resolveDocument(incoming);
    const cache = cacheOf(snapshot);
    const key = keyOf(text, incoming.operationName);
    let prepared = cache?.get(key);
    if (!prepared) {
      prepared = prepareText(text, incoming.operationName, snapshot);
      cache?.set(key, prepared);
    }
    assertServable(prepared, incoming);
    accept?.();
    return prepared;
  };

  const renew: RenewPrepared = ({ text, name, hash }, snapshot) => {
    if (text === undefined) return undefined;
    const asked = hash === hashOf(text, undefined) ? undefined : name;
    try {
      const prepared = prepareText(text, asked, snapshot);
      cacheOf(snapshot)?.set(keyOf(text, asked), prepared);
      return prepared;
    } catch {
      // The client who sends it will be told.
      return undefined;
    }
  };

  return {
    prepare,
    renew,
    open(snapshot) {
      costs?.open(snapshot);
      caching?.open(snapshot);
    },
  };
}

function keyOf(text: string, operationName: string | undefined): string {
  return operationName === undefined ? text : `${operationName}\n${text}`;
}

function hashOf(text: string, operationName: string | undefined): string {
  return createHash('sha256')
    .update(`${operationName ?? ''}\n${text}`)
    .digest('hex');
}

function assertServable(prepared: PreparedOperation, incoming: IncomingOperation): void {
  if (prepared.kind === 'query') return;
  if (incoming.method === 'GET') {
    // GraphQL over HTTP: "GET requests MUST NOT be used for executing mutation operations."
    throw new GatewayError('METHOD_NOT_ALLOWED', `A ${prepared.kind} must be sent with POST.`);
  }
  if (prepared.kind === 'subscription') throw new GatewayError('SUBSCRIPTION_UNSUPPORTED');
}
