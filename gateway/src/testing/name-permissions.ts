import type { RuleContext } from '../authorization/rule-context.ts';
import { or, rule, shield, type Permissions } from '../authorization/shield.ts';

const isService = rule('isService', { cache: 'contextual' })(
  (_parent: unknown, _args: unknown, { identity }: RuleContext) => identity.kind === 'service',
);
const isNobody = rule('isNobody', { cache: 'strict', fragment: '{ id }' })(
  ({ id }: { id: string }) => id === 'nobody',
);

/** A permissions module over the users of test-subgraphs.ts: programs may read names. */
export const permissions: Permissions = shield({ User: { name: or(isService, isNobody) } });
