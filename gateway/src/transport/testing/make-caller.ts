import { createDeadline } from '@trellis/platform/deadline';
import { anonymous } from '@trellis/platform/identity';
import type { RequestContext } from '../../request.ts';

/** Somebody who asks and has ten seconds. */
export function makeCaller(overrides: Partial<RequestContext> = {}): RequestContext {
  return {
    id: 'request-1',
    identity: anonymous,
    headers: {},
    signal: new AbortController().signal,
    deadline: createDeadline(10_000),
    trace: { traceId: '1'.repeat(32), parentId: '2'.repeat(16), sampled: false, state: undefined },
    ...overrides,
  };
}
