import type { Logger } from '@trellis/platform/log';
import { errorCatalogue } from '../errors.ts';
import { nextErrorId } from './fetch-failure.ts';
import type { FetchContext } from './fetch-context.ts';
import { Layer } from './layer.ts';
import type { JsonObject, SubgraphResponse, SubgraphResponseError } from './subgraph-fetch.ts';

export interface MaskingOptions {
  /** Names the subgraph in every line. */
  readonly log: Logger;
  /** Codes whose messages were written for clients. */
  readonly exposedCodes: readonly string[];
}

const maskedMessage = errorCatalogue.SUBGRAPH_ERROR.message;
const maxLoggedBytes = 2048;
const maxLoggedErrors = 20;
/** Characters of a message that clients may read. */
const maxExposedLength = 4_096;
/** What a code looks like. Anything else in its place may be a secret like the rest of the error. */
const codePattern = /^[A-Z][A-Z0-9_]{0,63}$/;

/**
 * Replaces what subgraphs say in their errors by a fixed sentence and an id that finds the full text in the log.
 * Errors whose code is exposed keep message and code; every other extension goes. Paths stay: clients know them.
 */
export class MaskErrors extends Layer {
  readonly #log: Logger;
  readonly #exposed: ReadonlySet<string>;

  constructor({ log, exposedCodes }: MaskingOptions) {
    super();
    this.#log = log;
    this.#exposed = new Set(exposedCodes);
  }

  send(fetch: FetchContext): void {
    this.inner.send(fetch);
  }

  settle(fetch: FetchContext, response: SubgraphResponse | undefined, reason: unknown): void {
    if (response?.errors) this.#settleMasked(fetch, response);
    else this.outer.settle(fetch, response, reason);
  }

  #settleMasked(fetch: FetchContext, response: SubgraphResponse): void {
    let masked: SubgraphResponse;
    try {
      masked = this.#mask(response, fetch);
    } catch (reason) {
      this.outer.settle(fetch, undefined, reason);
      return;
    }
    this.outer.settle(fetch, masked, undefined);
  }

  #mask(response: SubgraphResponse, fetch: FetchContext): SubgraphResponse {
    let logged = 0;
    const errors = response.errors?.map((error): SubgraphResponseError => {
      const code = readCode(error.extensions);
      if (code !== undefined && this.#exposed.has(code)) return expose(error, code);
      const errorId = nextErrorId();
      logged += 1;
      if (logged <= maxLoggedErrors) {
        const reported = JSON.stringify(error).slice(0, maxLoggedBytes);
        this.#log.warn({ errorId, requestId: fetch.id, reported }, 'subgraph error masked');
      }
      const extensions: JsonObject = { code: code ?? 'SUBGRAPH_ERROR', errorId };
      return { message: maskedMessage, path: error.path, extensions };
    });
    return { ...response, errors };
  }
}

function expose({ message, path }: SubgraphResponseError, code: string): SubgraphResponseError {
  const shown =
    message.length > maxExposedLength ? `${message.slice(0, maxExposedLength)}…` : message;
  return { message: shown, path, extensions: { code } };
}

function readCode(extensions: JsonObject | undefined): string | undefined {
  const code = extensions?.['code'];
  return typeof code === 'string' && codePattern.test(code) ? code : undefined;
}
