import type { Logger } from '@trellis/platform/log';
import type { z } from 'zod';
import type { operationOptions } from '../options.ts';
import { createAutomaticQueries } from './automatic-queries.ts';
import { createResolveDocument, type ResolveDocument } from './resolve-document.ts';
import { createSafelist } from './safelist.ts';

/** Where the texts of operations come from when clients do not send them, and which of them may be run. */
export interface Documents {
  readonly resolve: ResolveDocument;
  /** @throws Error when the manifest of the safelist cannot be read */
  start(): Promise<void>;
  stop(): void;
}

/** Creates what the settings ask for. */
export function createDocuments(
  options: Pick<z.output<typeof operationOptions>, 'persistedQueries' | 'safelist'>,
  log: Logger,
): Documents {
  const { isEnabled, maxCacheBytes } = options.persistedQueries;
  const safelist = createSafelist(options.safelist, log);
  const automatic = isEnabled ? createAutomaticQueries(maxCacheBytes) : undefined;
  return {
    resolve: createResolveDocument({ automatic, safelist }),
    start: async () => safelist?.start(),
    stop: () => safelist?.stop(),
  };
}
