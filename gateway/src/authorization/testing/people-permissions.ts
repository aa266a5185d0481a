import type { RuleContext } from '../rule-context.ts';
import { allow, or, rule, shield, type Permissions } from '../shield.ts';

const isSupport = rule('isSupport', { cache: 'contextual' })(
  (_parent: unknown, _args: unknown, { identity }: RuleContext) =>
    identity.roles.includes('SUPPORT'),
);

const isSelf = rule('isSelf', { cache: 'strict', fragment: '{ id }' })(
  ({ id }: { id: string }, _args: unknown, { identity }: RuleContext) => identity.subject === id,
);

/** A permissions module as gateway.yaml names it, for tests of whole gateways. */
export const permissions: Permissions = shield({
  Query: { audit: isSupport, people: allow },
  Mutation: { erase: isSupport },
  Person: { email: or(isSupport, isSelf), salary: isSupport, file: isSupport },
});
