import type { Identity } from '@trellis/platform/identity';
import type { IncomingHeaders } from '../incoming-headers.ts';

/** What rules get as `context` unless the permissions module makes its own with `context(request)`. One per request. */
export interface RuleContext {
  readonly identity: Identity;
  readonly headers: IncomingHeaders;
  readonly requestId: string;
}
