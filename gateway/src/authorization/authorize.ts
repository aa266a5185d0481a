import type { Logger } from '@trellis/platform/log';
import { getArgumentValues, type GraphQLSchema } from 'graphql';
import type { CoercedVariables } from '../execution/engine.ts';
import type { Authorize, AuthorizeInput } from './authorize-input.ts';
import type { Denial, Guard, PermittedOperation, RequestContext } from '../request.ts';
import type { PreparedOperation } from '../operation/prepared-operation.ts';
import type { Snapshot } from '../supergraph/snapshot.ts';
import { atOnce, inTurns, type Turns } from '../turns.ts';
import { tallyDecisions, tallyOf, type NoteDecision } from './tally-decisions.ts';
import { sourceOf } from './describe-rules.ts';
import { explainRules, printExplanation } from './explain-rules.ts';
import { createAccess } from './create-access.ts';
import { createJudge, type Judge } from './judge.ts';
import type { PermissionsModule } from './load-permissions.ts';
import { makeInfo } from './make-info.ts';
import { makePlanDocument } from './plan-document.ts';
import { allThere } from './maybe-promise.ts';
import type { RuleContext } from './rule-context.ts';
import { createRoleViews, type RoleViews } from './role-views.ts';
import { compileRuleTable, readsParents, type RuleTable } from './rule-table.ts';
import {
  asksForSchema,
  collectRootFields,
  findTouchedFields,
  type TouchedFields,
} from './touched-fields.ts';

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
  readonly views: RoleViews;
}

/** An operation under the rules of one snapshot. */
interface Judged {
  /** Undefined when no rule concerns it. */
  readonly touched: TouchedFields | undefined;
  readonly whole: PermittedOperation;
  /** Whether it asks for the schema, and some rule may hide a part of that. */
  readonly introspects: boolean;
}

/** Creates the step that takes what a caller may not see out of its operation, before anything is planned. */
export function createAuthorization(module: PermissionsModule, log: Logger): Authorization {
  const ruledBySnapshot = new WeakMap<Snapshot, Ruled>();
  const known = new WeakMap<Snapshot, WeakMap<PreparedOperation, Judged>>();

  function* compile(snapshot: Snapshot): Turns<Ruled> {
    const table = yield* compileRuleTable(sourceOf(snapshot, module));
    const ruled = { table, views: createRoleViews(snapshot.apiSchema, table) };
    ruledBySnapshot.set(snapshot, ruled);
    return ruled;
  }

  function ruledOf(snapshot: Snapshot): Ruled {
    return ruledBySnapshot.get(snapshot) ?? atOnce(compile(snapshot));
  }

  async function judgeFor({ identity, headers, id }: Caller): Promise<Judge> {
    const request: RuleContext = { identity, headers, requestId: id };
    const context = (await module.context?.(request)) ?? request;
    return createJudge({ identity, context, options: module.permissions?.options ?? {}, log });
  }

  function judgedOf(prepared: PreparedOperation, snapshot: Snapshot): Judged {
    let ofSnapshot = known.get(snapshot);
    if (!ofSnapshot) known.set(snapshot, (ofSnapshot = new WeakMap()));
    let judged = ofSnapshot.get(prepared);
    if (!judged) {
      const { table } = ruledOf(snapshot);
      const touched = findTouchedFields(prepared, snapshot.apiSchema, table);
      const whole = Object.freeze({ prepared, removed: [] });
      const introspects = table.size > 0 && asksForSchema(prepared);
      ofSnapshot.set(prepared, (judged = { touched, whole, introspects }));
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
      return (async () => {
        const judge = await judgeFor(context);
        const { table, views } = ruledOf(snapshot);
        const note = tallyDecisions(context.record);
        const schemaView = introspects ? await views.viewFor(judge) : undefined;
        const input = { prepared, variables, snapshot, ...judged, table, judge, note, schemaView };
        return permit(input);
      })();
    },
  };
}

interface PermitInput extends Judged {
  readonly prepared: PreparedOperation;
  readonly variables: CoercedVariables;
  readonly snapshot: Snapshot;
  readonly schemaView: GraphQLSchema | undefined;
  readonly table: RuleTable;
  readonly judge: Judge;
  readonly note: NoteDecision;
}

async function permit(input: PermitInput): Promise<PermittedOperation> {
  const { prepared, snapshot, table, judge, whole, note, schemaView } = input;
  const { touchesRoot, nested } = input.touched ?? { touchesRoot: false, nested: [] };
  const denials = new Map<string, Denial>();
  const guarded = new Map<string, Guard>();
  const atRoot = touchesRoot ? judgeRoot(input, denials) : undefined;
  const fields = nested.map((coordinate) => table.get(coordinate));
  const deciding = allThere(fields.map((field) => field && judge.decideEarly(field.rule)));
  const [verdicts] =
    atRoot || deciding instanceof Promise ? await Promise.all([deciding, atRoot]) : [deciding];
  for (const [at, verdict] of verdicts.entries()) {
    const coordinate = nested[at] ?? '';
    const field = fields[at];
    if (!field) continue;
    if (verdict === undefined) {
      // In the order of their names, as `nested` is: they are part of the plan's key.
      guarded.set(coordinate, field.guard);
      continue;
    }
    note(coordinate, tallyOf(verdict));
    if (verdict !== true) denials.set(coordinate, await judge.deny(verdict, {}));
  }
  if (denials.size === 0 && guarded.size === 0) {
    return schemaView ? { ...whole, access: createAccess({ ...input, denials }) } : whole;
  }
  const removed = [...denials.keys()].sort();
  return {
    prepared,
    removed,
    ...(guarded.size > 0 ? { guarded } : {}),
    planned: () =>
      makePlanDocument({
        prepared,
        schema: snapshot.apiSchema,
        removed: new Set(removed),
        guarded,
      }),
    access: createAccess({ ...input, denials }),
  };
}

/** Rules of root fields: there is no parent, and the arguments are known. */
async function judgeRoot(
  { prepared, variables, snapshot, table, judge, note }: PermitInput,
  denials: Map<string, Denial>,
): Promise<void> {
  const root = snapshot.apiSchema.getRootType(prepared.operation.operation);
  if (!root) return;
  await Promise.all(
    [...collectRootFields(prepared, variables)].map(async ([responseName, node]) => {
      const coordinate = `${root.name}.${node.name.value}`;
      const field = table.get(coordinate);
      const definition = root.getFields()[node.name.value];
      if (!field || !definition) return;
      const args = getArgumentValues(definition, node, variables);
      const info = makeInfo({ prepared, variables, snapshot, responseName }, root, node.name.value);
      const question = { parent: undefined, args, info };
      const verdict = await judge.decide(field.rule, question);
      note(coordinate, tallyOf(verdict));
      if (verdict !== true) denials.set(responseName, await judge.deny(verdict, question));
    }),
  );
}
