import type { Logger } from '@trellis/platform/log';
import { errorCatalogue } from '../errors.ts';
import { nextErrorId } from './fetch-failure.ts';
import type { BoundedFetchLayer, FetchContext, Settle } from './fetch-context.ts';
import type { JsonObject, SubgraphResponse, SubgraphResponseError } from './subgraph-fetch.ts';

export interface MaskingOptions {
  /** Names the subgraph in every line. */
  readonly log: Logger;
  /** Codes whose messages were written for clients. `all` masks nothing. */
  readonly exposedCodes: readonly string[] | 'all';
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
export function maskErrors({ log, exposedCodes }: MaskingOptions): BoundedFetchLayer {
  if (exposedCodes === 'all') return (next) => next;
  const exposed = new Set(exposedCodes);

  function mask(response: SubgraphResponse, context: FetchContext): SubgraphResponse {
    let logged = 0;
    const errors = response.errors?.map((error): SubgraphResponseError => {
      const code = readCode(error.extensions);
      if (code !== undefined && exposed.has(code)) return expose(error, code);
      const errorId = nextErrorId();
      logged += 1;
      if (logged <= maxLoggedErrors) {
        const reported = JSON.stringify(error).slice(0, maxLoggedBytes);
        log.warn({ errorId, requestId: context.id, reported }, 'subgraph error masked');
      }
      const extensions: JsonObject = { code: code ?? 'SUBGRAPH_ERROR', errorId };
      return { message: maskedMessage, path: error.path, extensions };
    });
    return { ...response, errors };
  }

  function settleMasked(response: SubgraphResponse, context: FetchContext, settle: Settle): void {
    let masked: SubgraphResponse;
    try {
      masked = mask(response, context);
    } catch (reason) {
      settle(undefined, reason);
      return;
    }
    settle(masked, undefined);
  }

  return (next) =>
    function fetchAndMask(request, context, settle) {
      next(request, context, (response, reason) => {
        if (!response?.errors) settle(response, reason);
        else settleMasked(response, context, settle);
      });
    };
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
