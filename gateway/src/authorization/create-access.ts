import { getArgumentValues, type GraphQLObjectType, type GraphQLSchema } from 'graphql';
import type { Access, Decision, Denial } from '../request.ts';
import { getOrMake } from './get-or-make.ts';
import type { Judge } from './judge.ts';
import { makeInfo, type InfoInput } from './make-info.ts';
import { whenThere, type MaybePromise } from './maybe-promise.ts';
import { RuleParent } from './rule-parent.ts';
import type { RuleTable } from './rule-table.ts';
import type { NoteDecision } from './tally-decisions.ts';

export interface AccessInput extends Pick<InfoInput, 'prepared' | 'variables' | 'snapshot'> {
  readonly denials: ReadonlyMap<string, Denial>;
  readonly table: RuleTable;
  readonly judge: Judge;
  readonly note: NoteDecision;
  readonly schemaView: GraphQLSchema | undefined;
}

/** Creates what execution asks of the rules for one request. */
export function createAccess(input: AccessInput): Access {
  const { denials, table, judge, snapshot, variables, note, schemaView } = input;
  const remembered = new Map<string, Map<unknown, Decision>>();
  const parents = new Map<string, Map<unknown, object>>();
  return {
    denials,
    schemaView,
    judgeOf({ coordinate, node }) {
      const field = table.get(coordinate);
      const [typeName = '', fieldName = ''] = coordinate.split('.');
      const type = snapshot.apiSchema.getType(typeName) as GraphQLObjectType;
      const definition = type.getFields()[fieldName];
      if (!field || !definition) return undefined;
      const takesArguments = definition.args.length > 0;
      const args = takesArguments ? getArgumentValues(definition, node, variables) : {};
      const responseName = node.alias?.value ?? fieldName;
      const sameParents = getOrMake(parents, field.reads, () => new Map<unknown, object>());
      const question = `${coordinate} ${responseName} ${takesArguments ? JSON.stringify(args) : ''}`;
      return {
        known: field.isDecidedOnce
          ? getOrMake(remembered, question, () => new Map<unknown, Decision>())
          : undefined,
        decide(object, read, key) {
          const same = field.isDecidedOnce ? getOrMake(sameParents, key, () => object) : object;
          const parent = new RuleParent(same, read);
          const info = makeInfo({ ...input, responseName }, type, fieldName);
          const verdict = judge.decide(field.rule, { parent, args, info });
          return toDecision(
            whenThere(verdict, (said) =>
              said === true ? undefined : judge.deny(said, { parent: read, args, info }),
            ),
          );
        },
        note: (allowed, denied) => {
          if (allowed + denied > 0) note(coordinate, { allowed, denied, isEarly: false });
        },
      };
    },
  };
}

function toDecision(denial: MaybePromise<Denial | undefined>): Decision {
  if (!(denial instanceof Promise)) return { denial, pending: undefined };
  const decision: Decision = { denial: undefined, pending: undefined };
  decision.pending = denial.then((said) => {
    decision.denial = said;
    decision.pending = undefined;
  });
  return decision;
}
