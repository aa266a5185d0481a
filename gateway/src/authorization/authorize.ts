import type { Logger } from '@trellis/platform/log';
import { getArgumentValues, type GraphQLObjectType } from 'graphql';
import type { CoercedVariables } from '../execution/engine.ts';
import type { Authorize, AuthorizeInput } from '../pipeline.ts';
import type { Access, Denial, Guard, PermittedOperation, PreparedOperation } from '../request.ts';
import type { Snapshot } from '../supergraph/snapshot.ts';
import { tallyDecisions, type NoteDecision } from './tally-decisions.ts';
import { sourceOf } from './describe-rules.ts';
import { explainRules, printExplanation } from './explain-rules.ts';
import { createJudge, RuleParent, type Judge } from './judge.ts';
import type { PermissionsModule } from './load-permissions.ts';
import { makePlanDocument } from './plan-document.ts';
import type { RuleContext } from './rule-context.ts';
import { compileRuleTable, type RuleTable } from './rule-table.ts';
import { collectRootFields, findTouchedFields, type TouchedFields } from './touched-fields.ts';

export interface Authorization {
  /** Fits the rules to a supergraph before it is served. @throws PermissionsError when they do not fit */
  prepare(snapshot: Snapshot): void;
  readonly authorize: Authorize;
  /** Writes what the rules make of an operation, for people. Decides them once more: for development. */
  explain(input: AuthorizeInput): Promise<string>;
}

/** An operation under the rules of one snapshot. */
interface Judged {
  /** Undefined when no rule concerns it. */
  readonly touched: TouchedFields | undefined;
  readonly whole: PermittedOperation;
}

/** Creates the step that takes what a caller may not see out of its operation, before anything is planned. */
export function createAuthorization(module: PermissionsModule, log: Logger): Authorization {
  const tables = new WeakMap<Snapshot, RuleTable>();
  const known = new WeakMap<Snapshot, WeakMap<PreparedOperation, Judged>>();

  function tableOf(snapshot: Snapshot): RuleTable {
    let table = tables.get(snapshot);
    if (!table) {
      table = compileRuleTable(sourceOf(snapshot, module));
      tables.set(snapshot, table);
    }
    return table;
  }

  function judgedOf(prepared: PreparedOperation, snapshot: Snapshot): Judged {
    let ofSnapshot = known.get(snapshot);
    if (!ofSnapshot) known.set(snapshot, (ofSnapshot = new WeakMap()));
    let judged = ofSnapshot.get(prepared);
    if (!judged) {
      const touched = findTouchedFields(prepared, snapshot.apiSchema, tableOf(snapshot));
      const whole = Object.freeze({ prepared, removed: [] });
      ofSnapshot.set(prepared, (judged = { touched, whole }));
    }
    return judged;
  }

  return {
    prepare: (snapshot) => void tableOf(snapshot),
    async explain(input) {
      return printExplanation(await explainRules(module, input, log), input.context.identity);
    },
    authorize({ prepared, variables, context, snapshot }) {
      const { touched, whole } = judgedOf(prepared, snapshot);
      if (!touched) return whole;
      const { identity, headers, id } = context;
      const request: RuleContext = { identity, headers, requestId: id };
      return (async () => {
        const judge = createJudge({
          identity,
          context: (await module.context?.(request)) ?? request,
          options: module.permissions?.options ?? {},
          log,
        });
        const table = tableOf(snapshot);
        const note = tallyDecisions(context.record);
        return permit({ prepared, variables, snapshot, touched, whole, table, judge, note });
      })();
    },
  };
}

interface PermitInput extends Judged {
  readonly prepared: PreparedOperation;
  readonly variables: CoercedVariables;
  readonly snapshot: Snapshot;
  readonly touched: TouchedFields;
  readonly table: RuleTable;
  readonly judge: Judge;
  readonly note: NoteDecision;
}

async function permit(input: PermitInput): Promise<PermittedOperation> {
  const { prepared, snapshot, touched, table, judge, whole, note } = input;
  const denials = new Map<string, Denial>();
  const guarded = new Map<string, Guard>();
  await Promise.all([
    touched.touchesRoot ? judgeRoot(input, denials) : undefined,
    ...touched.nested.map(async (coordinate) => {
      const field = table.get(coordinate);
      if (!field) return;
      const verdict = await judge.decideEarly(field.rule);
      if (verdict === undefined) {
        guarded.set(coordinate, field.guard);
        return;
      }
      note(coordinate, verdict === true, true);
      if (verdict !== true) denials.set(coordinate, await judge.deny(verdict, {}));
    }),
  ]);
  if (denials.size === 0 && guarded.size === 0) return whole;
  const removed = [...denials.keys()].sort();
  const ordered = new Map([...guarded].sort(([a], [b]) => (a < b ? -1 : 1)));
  return {
    prepared,
    removed,
    ...(ordered.size > 0 ? { guarded: ordered } : {}),
    planned: () =>
      makePlanDocument({
        prepared,
        schema: snapshot.apiSchema,
        removed: new Set(removed),
        guarded: ordered,
      }),
    access: createAccess(denials, input),
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
      const info = makeInfo(input(responseName), root, node.name.value);
      const question = { parent: undefined, args, info };
      const verdict = await judge.decide(field.rule, question);
      note(coordinate, verdict === true, true);
      if (verdict !== true) denials.set(responseName, await judge.deny(verdict, question));
    }),
  );

  function input(responseName: string): InfoInput {
    return { prepared, variables, snapshot, responseName };
  }
}

interface InfoInput {
  readonly prepared: PreparedOperation;
  readonly variables: CoercedVariables;
  readonly snapshot: Snapshot;
  readonly responseName: string;
}

/** The parts of GraphQL's resolve info that there are before anything is resolved. */
function makeInfo(
  { prepared, variables, snapshot, responseName }: InfoInput,
  parentType: GraphQLObjectType,
  fieldName: string,
): unknown {
  return {
    fieldName,
    parentType,
    returnType: parentType.getFields()[fieldName]?.type,
    schema: snapshot.apiSchema,
    operation: prepared.operation,
    variableValues: variables,
    path: { prev: undefined, key: responseName, typename: parentType.name },
  };
}

function createAccess(denials: ReadonlyMap<string, Denial>, input: PermitInput): Access {
  const { table, judge, snapshot, variables, note } = input;
  return {
    denials,
    async judge({ coordinate, node, object, read }) {
      const field = table.get(coordinate);
      const [typeName = '', fieldName = ''] = coordinate.split('.');
      const type = snapshot.apiSchema.getType(typeName) as GraphQLObjectType;
      const definition = type.getFields()[fieldName];
      if (!field || !definition) return undefined;
      const question = {
        parent: new RuleParent(object, read),
        args: getArgumentValues(definition, node, variables),
        info: makeInfo({ ...input, responseName: node.alias?.value ?? fieldName }, type, fieldName),
      };
      const verdict = await judge.decide(field.rule, question);
      note(coordinate, verdict === true, false);
      return verdict === true
        ? undefined
        : judge.deny(verdict, { ...question, parent: question.parent.fields });
    },
  };
}
