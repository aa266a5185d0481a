import { anonymous, type Identity } from '@trellis/platform/identity';
import { createLog } from '@trellis/platform/log';
import { readRequestScope, type RequestScope } from './request-scope.ts';

/** Makes a request's scope without a request: for tests of loaders, rules and use cases. */
export function makeTestScope(identity: Identity = anonymous): RequestScope {
  return readRequestScope(
    {},
    {
      identity,
      log: createLog('test', { LOG_LEVEL: 'silent' }),
      signal: new AbortController().signal,
      maxDurationMs: 60_000,
    },
  );
}
