import { getArgumentValues, type GraphQLSchema } from 'graphql';
import type { CoercedVariables } from '../execution/engine.ts';
import { planKeyOf } from '../plan-key.ts';
import type { PreparedOperation } from '../operation/prepared-operation.ts';
import type { Denial, Guard, PermittedOperation } from '../request.ts';
import type { Snapshot } from '../supergraph/snapshot.ts';
import { createAccess, type RuledFields } from './create-access.ts';
import type { Judge } from './judge.ts';
import { verdictAbout, type Early, type Outcome } from './outcome.ts';
import { makeInfo } from './make-info.ts';
import { allThere, whenThere, type MaybePromise } from './maybe-promise.ts';
import { makePlanDocument } from './plan-document.ts';
import type { FieldRule, RuleTable } from './rule-table.ts';
import { tallyOf, type NoteDecision } from './tally-decisions.ts';
import { collectRootFields, type TouchedFields } from './touched-fields.ts';

/** An operation under the rules of one snapshot. */
export interface JudgedOperation {
  /** Undefined when no rule concerns it. */
  readonly touched: TouchedFields | undefined;
  readonly whole: PermittedOperation;
  /** Whether it asks for the schema, and some rule may hide a part of that. */
  readonly introspects: boolean;
  /** The rules of its fields below the root, each once. */
  readonly rules: readonly NestedRule[];
  /** What became of it so far, by what its rules said before anything was fetched. */
  readonly variants: Map<number, Variant>;
}

/** One rule, and the fields of an operation that have it. */
interface NestedRule {
  readonly field: FieldRule;
  readonly coordinates: readonly string[];
}

/** An operation as some callers may have it planned: the same for all of whom its rules say the same. */
interface Variant {
  readonly operation: PermittedOperation;
  readonly isWhole: boolean;
}

export interface PermitInput {
  readonly judged: JudgedOperation;
  readonly prepared: PreparedOperation;
  readonly variables: CoercedVariables;
  readonly snapshot: Snapshot;
  readonly schemaView: GraphQLSchema | undefined;
  readonly table: RuleTable;
  readonly fields: RuledFields;
  readonly judge: Judge;
  readonly note: NoteDecision;
}

type Denials = ReadonlyMap<string, Denial>;

const noDenials: Denials = new Map<string, Denial>();

/** Variants kept for each operation. Of more patterns than this each is made anew. */
const maxVariants = 64;

/** More rules than this in one operation have more patterns than a number can tell apart. */
const maxCountedRules = 32;

/** Puts the fields of an operation together that have the same rule. */
export function rulesOf({ nested }: TouchedFields, table: RuleTable): NestedRule[] {
  const rules = new Map<unknown, { field: FieldRule; coordinates: string[] }>();
  for (const coordinate of nested) {
    const field = table.get(coordinate);
    if (!field) continue;
    const same = rules.get(field.rule);
    if (same) same.coordinates.push(coordinate);
    else rules.set(field.rule, { field, coordinates: [coordinate] });
  }
  return [...rules.values()];
}

/** Decides what of an operation may be planned for one caller. At once where its rules answer at once. */
export function permit(input: PermitInput): MaybePromise<PermittedOperation> {
  const atRoot = input.judged.touched?.touchesRoot ? judgeRoot(input) : noDenials;
  // Both are asked before either is waited for.
  const verdicts = judgeEarly(input);
  return whenThere(atRoot, (root) => whenThere(verdicts, (early) => finish(input, root, early)));
}

/** What the rules below the root say before there are objects: by rule. */
function judgeEarly({ judged, judge }: PermitInput): MaybePromise<Early[]> {
  const verdicts: MaybePromise<Early>[] = [];
  for (const { field } of judged.rules) {
    verdicts.push(field.asksContext ? judge.decideEarly(field.evaluate) : field.early);
  }
  return allThere(verdicts);
}

function finish(
  input: PermitInput,
  root: Denials,
  verdicts: readonly Early[],
): MaybePromise<PermittedOperation> {
  const { judged, prepared, variables, snapshot, schemaView, fields, judge, note } = input;
  const { operation, isWhole } = variantOf(input, root, verdicts);
  judged.rules.forEach(({ coordinates }, at) => {
    const verdict = verdicts[at];
    if (verdict !== undefined) for (const each of coordinates) note(each, tallyOf(verdict));
  });
  if (isWhole && !schemaView) return operation;
  const { removed, guarded, planKey, planned } = operation;
  return whenThere(denyEarly(input, root, verdicts), (denials) => {
    const about = { prepared, variables, snapshot, denials, fields, judge, note, schemaView };
    // Written out, not spread: that took longer than a rule does.
    return { prepared, removed, guarded, planKey, planned, access: createAccess(about) };
  });
}

/** Adds the reasons of what was denied below the root. */
function denyEarly(
  { judged, judge }: PermitInput,
  root: Denials,
  verdicts: readonly Early[],
): MaybePromise<Denials> {
  if (verdicts.every((verdict) => verdict === undefined || verdict === true)) return root;
  const denials = new Map(root);
  const waited: Promise<void>[] = [];
  judged.rules.forEach(({ coordinates }, at) => {
    const verdict = verdicts[at];
    if (verdict === undefined || verdict === true) return;
    for (const coordinate of coordinates) {
      addDenial(denials, coordinate, judge.deny(verdict, {}), waited);
    }
  });
  return waited.length === 0 ? denials : Promise.all(waited).then(() => denials);
}

// oxlint-disable-next-line eslint/max-params -- one entry of a map, and who waits for it
function addDenial(
  denials: Map<string, Denial>,
  name: string,
  denial: MaybePromise<Denial>,
  waited: Promise<void>[],
): void {
  if (denial instanceof Promise) waited.push(denial.then((there) => void denials.set(name, there)));
  else denials.set(name, denial);
}

function variantOf(input: PermitInput, root: Denials, verdicts: readonly Early[]): Variant {
  const { variants } = input.judged;
  if (root.size > 0 || verdicts.length > maxCountedRules) return makeVariant(input, root, verdicts);
  let pattern = 0;
  for (const verdict of verdicts) {
    pattern = pattern * 3 + (verdict === true ? 0 : verdict === undefined ? 1 : 2);
  }
  let variant = variants.get(pattern);
  if (!variant) {
    variant = makeVariant(input, root, verdicts);
    if (variants.size < maxVariants) variants.set(pattern, variant);
  }
  return variant;
}

function makeVariant(
  { judged, prepared, snapshot, table }: PermitInput,
  root: Denials,
  verdicts: readonly Early[],
): Variant {
  const removed = [...root.keys()];
  const open = new Set<string>();
  judged.rules.forEach(({ coordinates }, at) => {
    const verdict = verdicts[at];
    for (const each of verdict === undefined ? coordinates : []) open.add(each);
    if (verdict !== undefined && verdict !== true) removed.push(...coordinates);
  });
  removed.sort();
  const guarded = new Map<string, Guard>();
  // In the order of their names, as `nested` is: they are part of the plan's key.
  for (const coordinate of judged.touched?.nested ?? []) {
    const field = open.has(coordinate) ? table.get(coordinate) : undefined;
    if (field) guarded.set(coordinate, field.guard);
  }
  if (removed.length === 0 && guarded.size === 0) return { operation: judged.whole, isWhole: true };
  const operation: PermittedOperation = {
    prepared,
    removed,
    guarded: guarded.size > 0 ? guarded : undefined,
    planned: () =>
      makePlanDocument({
        prepared,
        schema: snapshot.apiSchema,
        removed: new Set(removed),
        guarded,
      }),
  };
  return { operation: { ...operation, planKey: planKeyOf(operation) }, isWhole: false };
}

/** Rules of root fields: there is no parent, and the arguments are known. */
function judgeRoot(input: PermitInput): MaybePromise<Denials> {
  const { prepared, variables, snapshot, table, judge, note } = input;
  const root = snapshot.apiSchema.getRootType(prepared.operation.operation);
  if (!root) return noDenials;
  const denials = new Map<string, Denial>();
  const waited: Promise<void>[] = [];
  for (const [responseName, node] of collectRootFields(prepared, variables)) {
    const coordinate = `${root.name}.${node.name.value}`;
    const field = table.get(coordinate);
    const definition = root.getFields()[node.name.value];
    if (!field || !definition) continue;
    const args = getArgumentValues(definition, node, variables);
    const info = makeInfo({ prepared, variables, snapshot, responseName }, root, node.name.value);
    const question = { parent: undefined, args, info };
    const settle = (outcome: Outcome): Promise<void> | undefined => {
      const verdict = verdictAbout(outcome);
      note(coordinate, tallyOf(verdict));
      if (verdict === true) return undefined;
      const denial = judge.deny(verdict, question);
      if (denial instanceof Promise) {
        return denial.then((there) => void denials.set(responseName, there));
      }
      return void denials.set(responseName, denial);
    };
    const settled = whenThere(judge.decide(field.evaluate, question), settle);
    if (settled) waited.push(settled);
  }
  return waited.length === 0 ? denials : Promise.all(waited).then(() => denials);
}
