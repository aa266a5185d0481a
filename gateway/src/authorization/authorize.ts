import type { Logger } from '@trellis/platform/log';
import type { GraphQLSchema } from 'graphql';
import type { PreparedOperation } from '../operation/prepared-operation.ts';
import type { PermittedOperation, RequestContext } from '../request.ts';
import type { Snapshot } from '../supergraph/snapshot.ts';
import { atOnce, inTurns, type Turns } from '../turns.ts';
import type { Authorize, AuthorizeInput } from './authorize-input.ts';
import { createRuledFields, type RuledFields } from './create-access.ts';
import { sourceOf } from './describe-rules.ts';
import { explainRules, printExplanation } from './explain-rules.ts';
import { createJudge, type Judge } from './judge.ts';
import type { PermissionsModule } from './load-permissions.ts';
import { isThenable, whenThere, type MaybePromise } from './maybe-promise.ts';
import { permit, rulesOf, type JudgedOperation } from './permit.ts';
import { createRoleViews, type RoleViews } from './role-views.ts';
import type { RuleContext } from './rule-context.ts';
import { compileRuleTable, readsParents, type RuleTable } from './rule-table.ts';
import { tallyDecisions } from './tally-decisions.ts';
import { asksForSchema, findTouchedFields } from './touched-fields.ts';

export interface Authorization {
  /** Fits the rules to a supergraph before it is served. @throws PermissionsError when they do not fit */
  prepare(snapshot: Snapshot): void;
  /** The same in turns of the event loop. */
  prepareInTurns(snapshot: Snapshot): Promise<void>;
  /** Whether any rule reads fields of its parent: then it is checked against the whole supergraph. */
  readonly readsParents: boolean;
  /** Whether a rule concerns any field of a supergraph: then not everybody may see all of it. */
  concerns(snapshot: Snapshot): boolean;
  readonly authorize: Authorize;
  /** The schema as a caller's static rules let it be seen. Undefined: all of it. */
  viewFor(snapshot: Snapshot, context: Caller): Promise<GraphQLSchema | undefined>;
  /** Writes what the rules make of an operation, for people. Decides them once more: for development. */
  readonly explain: (input: AuthorizeInput) => Promise<string>;
}

/** Whom rules decide about. */
export type Caller = Pick<RequestContext, 'identity' | 'headers' | 'id'>;

/** The rules of one snapshot. */
interface Ruled {
  readonly table: RuleTable;
  readonly fields: RuledFields;
  readonly views: RoleViews;
}

/** Creates the step that takes what a caller may not see out of its operation, before anything is planned. */
export function createAuthorization(module: PermissionsModule, log: Logger): Authorization {
  const ruledBySnapshot = new WeakMap<Snapshot, Ruled>();
  const known = new WeakMap<Snapshot, WeakMap<PreparedOperation, JudgedOperation>>();
  // Read once: of a module's namespace, looking for what is not there is slow.
  const { context: makeContext, permissions } = module;
  const options = permissions?.options ?? {};

  function* compile(snapshot: Snapshot): Turns<Ruled> {
    const table = yield* compileRuleTable(sourceOf(snapshot, module));
    const ruled = {
      table,
      fields: createRuledFields(table, snapshot.apiSchema),
      views: createRoleViews(snapshot.apiSchema, table),
    };
    ruledBySnapshot.set(snapshot, ruled);
    return ruled;
  }

  function ruledOf(snapshot: Snapshot): Ruled {
    return ruledBySnapshot.get(snapshot) ?? atOnce(compile(snapshot));
  }

  function judgeFor({ identity, headers, id }: Caller): MaybePromise<Judge> {
    const request: RuleContext = { identity, headers, requestId: id };
    const made = makeContext?.(request);
    const judgeIn = (context: unknown): Judge => createJudge({ identity, context, options, log });
    return isThenable(made)
      ? Promise.resolve(made).then((context) => judgeIn(context ?? request))
      : judgeIn(made ?? request);
  }

  function judgedOf(prepared: PreparedOperation, snapshot: Snapshot): JudgedOperation {
    let ofSnapshot = known.get(snapshot);
    if (!ofSnapshot) known.set(snapshot, (ofSnapshot = new WeakMap()));
    let judged = ofSnapshot.get(prepared);
    if (!judged) {
      const { table } = ruledOf(snapshot);
      const touched = findTouchedFields(prepared, snapshot.apiSchema, table);
      const whole = Object.freeze({ prepared, removed: [] });
      const introspects = table.size > 0 && asksForSchema(prepared);
      const rules = touched ? rulesOf(touched, table) : [];
      judged = { touched, whole, introspects, rules, variants: new Map() };
      ofSnapshot.set(prepared, judged);
    }
    return judged;
  }

  return {
    prepare: (snapshot) => void ruledOf(snapshot),
    prepareInTurns: async (snapshot) => void (await inTurns(compile(snapshot))),
    readsParents: readsParents(module.permissions),
    concerns: (snapshot) => ruledOf(snapshot).table.size > 0,
    viewFor: async (snapshot, caller) => ruledOf(snapshot).views.viewFor(await judgeFor(caller)),
    async explain(input) {
      return printExplanation(await explainRules(module, input, log), input.context.identity);
    },
    authorize({ prepared, variables, context, snapshot }) {
      const judged = judgedOf(prepared, snapshot);
      const { touched, whole, introspects } = judged;
      if (!touched && !introspects) return whole;
      const { table, fields, views } = ruledOf(snapshot);
      const note = tallyDecisions(context.record);
      // Written out, not spread: that took longer than a rule does.
      const permitFor = (
        judge: Judge,
        schemaView: GraphQLSchema | undefined,
      ): MaybePromise<PermittedOperation> =>
        permit({ judged, prepared, variables, snapshot, schemaView, table, fields, judge, note });
      return whenThere(judgeFor(context), (judge) =>
        introspects
          ? views.viewFor(judge).then((schemaView) => permitFor(judge, schemaView))
          : permitFor(judge, undefined),
      );
    },
  };
}
