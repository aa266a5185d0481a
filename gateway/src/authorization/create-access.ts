import {
  getArgumentValues,
  type FieldNode,
  type GraphQLObjectType,
  type GraphQLSchema,
} from 'graphql';
import type { Access, Decision, Denial, FieldJudge, GuardedField } from '../request.ts';
import { getOrMake } from './get-or-make.ts';
import type { Judge } from './judge.ts';
import { verdictAbout, type Outcome } from './outcome.ts';
import type { Question } from './question.ts';
import { makeInfo, type InfoInput } from './make-info.ts';
import type { MaybePromise } from './maybe-promise.ts';
import { Remembered, RuleParent } from './rule-parent.ts';
import type { FieldRule, RuleTable } from './rule-table.ts';
import type { NoteDecision } from './tally-decisions.ts';

export interface AccessInput extends Pick<InfoInput, 'prepared' | 'variables' | 'snapshot'> {
  readonly denials: ReadonlyMap<string, Denial>;
  readonly fields: RuledFields;
  readonly judge: Judge;
  readonly note: NoteDecision;
  readonly schemaView: GraphQLSchema | undefined;
}

/** What is known of a guarded field before anybody asks for it. */
interface RuledField {
  readonly rule: FieldRule;
  readonly type: GraphQLObjectType;
  readonly node: FieldNode;
  readonly coordinate: string;
  readonly responseName: string;
  readonly takesArguments: boolean;
}

/** The guarded fields of plans under one table of rules. */
export interface RuledFields {
  /** Whether a rule that is asked about each object has a part that is not. */
  readonly mixes: boolean;
  find(field: GuardedField): RuledField | undefined;
}

/** Looks fields up in a table of rules, once for each plan that has them. */
export function createRuledFields(table: RuleTable, schema: GraphQLSchema): RuledFields {
  const known = new WeakMap<GuardedField, RuledField>();
  return {
    mixes: [...table.values()].some(({ isDecidedOnce, isStrict }) => isStrict && !isDecidedOnce),
    find(field) {
      let found = known.get(field);
      if (!found) {
        found = findField(field, table, schema);
        if (found) known.set(field, found);
      }
      return found;
    },
  };
}

function findField(
  { coordinate, node }: GuardedField,
  table: RuleTable,
  schema: GraphQLSchema,
): RuledField | undefined {
  const rule = table.get(coordinate);
  const [typeName = '', fieldName = ''] = coordinate.split('.');
  const type = schema.getType(typeName) as GraphQLObjectType;
  const definition = type.getFields()[fieldName];
  if (!rule || !definition) return undefined;
  const responseName = node.alias?.value ?? fieldName;
  const takesArguments = definition.args.length > 0;
  return { rule, type, node, coordinate, responseName, takesArguments };
}

/** Creates what execution asks of the rules for one request. */
export function createAccess(input: AccessInput): Access {
  return new RequestAccess(input);
}

/** A class, because one is made for every request that rules concern. */
class RequestAccess implements Access {
  readonly denials: ReadonlyMap<string, Denial>;
  readonly schemaView: GraphQLSchema | undefined;
  readonly input: AccessInput;
  /** Of parents of which the same is read, by what is read of which type. */
  readonly #sameParents = new Map<string, Map<unknown, Remembered>>();
  #byObject: Map<object, Remembered> | undefined = undefined;
  readonly #decisions = new Map<string, Map<unknown, Decision>>();

  constructor(input: AccessInput) {
    this.input = input;
    this.denials = input.denials;
    this.schemaView = input.schemaView;
  }

  judgeOf(field: GuardedField): FieldJudge | undefined {
    const ruled = this.input.fields.find(field);
    return ruled && new RuledFieldJudge(ruled, this);
  }

  /** Decisions about a field with these arguments, by what is read. */
  decisionsOn({ coordinate, responseName }: RuledField, argsText: string): Map<unknown, Decision> {
    const question = `${coordinate} ${responseName} ${argsText}`;
    return getOrMake(this.#decisions, question, () => new Map<unknown, Decision>());
  }

  /** What strict rules said of a parent so far. */
  rememberedOf(
    { isDecidedOnce, isStrict, reads }: FieldRule,
    object: object,
    key: unknown,
  ): Remembered {
    if (!isStrict) return new Remembered();
    if (!isDecidedOnce) return this.#ofObject(object);
    const ofParents = getOrMake(this.#sameParents, reads, () => new Map<unknown, Remembered>());
    return getOrMake(ofParents, key, () =>
      this.input.fields.mixes ? this.#ofObject(object) : new Remembered(),
    );
  }

  #ofObject(object: object): Remembered {
    this.#byObject ??= new Map();
    return getOrMake(this.#byObject, object, () => new Remembered());
  }
}

/** The judge of one field at one place of an operation. */
class RuledFieldJudge implements FieldJudge {
  readonly known: Map<unknown, Decision> | undefined;
  readonly #field: RuledField;
  readonly #access: RequestAccess;
  readonly #args: Readonly<Record<string, unknown>>;
  readonly #argsText: string;
  #info: unknown = undefined;

  constructor(field: RuledField, access: RequestAccess) {
    const { rule, type, node, takesArguments } = field;
    this.#field = field;
    this.#access = access;
    const definition = takesArguments ? type.getFields()[node.name.value] : undefined;
    this.#args = definition ? getArgumentValues(definition, node, access.input.variables) : {};
    this.#argsText = definition ? JSON.stringify(this.#args) : '{}';
    this.known = rule.isDecidedOnce ? access.decisionsOn(field, this.#argsText) : undefined;
  }

  decide(object: object, read: Readonly<Record<string, unknown>>, key: unknown): Decision {
    const { rule } = this.#field;
    const parent = new RuleParent(read, this.#access.rememberedOf(rule, object, key));
    const question = {
      parent,
      args: this.#args,
      argsText: this.#argsText,
      info: this.#infoOnce(),
    };
    const decision: Decision = { denial: undefined, pending: undefined };
    const outcome = this.#access.input.judge.decide(rule.evaluate, question);
    if (outcome instanceof Promise) {
      decision.pending = outcome.then((said) => this.#settle(decision, said, question));
    } else if (outcome !== true) decision.pending = this.#settle(decision, outcome, question);
    return decision;
  }

  note(allowed: number, denied: number): void {
    if (allowed + denied > 0) {
      this.#access.input.note(this.#field.coordinate, { allowed, denied, isEarly: false });
    }
  }

  /** Notes what was said. Undefined when that is done: until then the decision is pending. */
  #settle(decision: Decision, outcome: Outcome, question: Question): Promise<void> | undefined {
    const said = verdictAbout(outcome);
    const denial = said === true ? undefined : this.#deny(said, question);
    if (denial instanceof Promise) return denial.then((there) => settle(decision, there));
    settle(decision, denial);
    return undefined;
  }

  #deny(said: false | Error, { parent, args, info }: Question): MaybePromise<Denial> {
    const { fields } = parent as RuleParent;
    return this.#access.input.judge.deny(said, { parent: fields, args, info });
  }

  #infoOnce(): unknown {
    if (this.#info === undefined) {
      const { type, responseName, node } = this.#field;
      const { prepared, variables, snapshot } = this.#access.input;
      const input = { prepared, variables, snapshot, responseName };
      this.#info = makeInfo(input, type, node.name.value);
    }
    return this.#info;
  }
}

function settle(decision: Decision, denial: Denial | undefined): void {
  decision.denial = denial;
  decision.pending = undefined;
}
