import type { Decision, Denial, FieldJudge, GuardedField } from '../request.ts';
import type { JsonObject } from '../transport/subgraph-fetch.ts';
import { collectObjects } from './collect-objects.ts';
import type { GuardPoint, GuardScope } from './guards.ts';
import { compileReadTypename } from './read-field.ts';
import { compileInputs, type InputReader } from './read-inputs.ts';
import type { Run } from './run.ts';

export interface CompiledPoint {
  readonly point: GuardPoint;
  /** Steps that bring what the rules read. */
  readonly inputs: ReadonlySet<number>;
  /** By `position.id name`: what the rules read. */
  readonly reads: ReadonlySet<string>;
  /** Judges every object at the point. A promise only where a rule gives one. */
  readonly judge: (run: Run) => Promise<void> | undefined;
}

/** A guarded field of one type, and the reading of what its rules ask for. */
interface TypedField {
  readonly field: GuardedField;
  readonly reader: InputReader;
}

/** Compiles one guard point: where its rules read, and their judging of every object there. */
export function compilePoint(point: GuardPoint, scope: GuardScope): CompiledPoint {
  const { position } = point;
  const inputs = new Set<number>();
  const reads = new Set<string>();
  const fields = new Map<string, TypedField>();
  for (const [typeName, field] of point.byType) {
    const selections = scope.guarded.get(field.coordinate)?.inputs ?? [];
    const addStep = (step: number): void => void inputs.add(step);
    const addRead = (key: string): void => void reads.add(key);
    const at = { position, typeName };
    const reader = compileInputs(selections, at, { ...scope, addStep, addRead });
    fields.set(typeName, { field, reader });
  }
  return { point, inputs, reads, judge: compileJudge(point, fields, scope) };
}

const unknownType: Decision = {
  denial: {
    message: 'It cannot be told what this object is.',
    extensions: { code: 'FORBIDDEN' },
  },
  pending: undefined,
};

/** Of points where every object may show its field. */
const noneHidden: ReadonlyMap<JsonObject, Denial> = new Map<JsonObject, Denial>();

/** The judging of one type's objects at a point in one run. */
interface Judging {
  readonly judge: FieldJudge;
  readonly reader: InputReader;
  total: number;
  denied: number;
}

/** The judging of all objects at a point in one run. */
interface PointJudging {
  readonly objects: readonly JsonObject[];
  /** By object. */
  readonly decisions: (Decision | undefined)[];
  /** By object. Undefined: anybody may see it, or nobody. */
  readonly judgings: (Judging | undefined)[];
  readonly byType: Map<string, Judging | undefined>;
  /** Those that rules promised. */
  readonly waited: Set<Decision>;
  isDenied: boolean;
}

/**
 * Compiles the judging of a point's objects. Each is decided; those that were denied are looked for afterwards, if there
 * are any: in most requests there are none.
 */
function compileJudge(
  { id, position, possible, isAbstract }: GuardPoint,
  fields: ReadonlyMap<string, TypedField>,
  { types }: GuardScope,
): CompiledPoint['judge'] {
  const readTypename = compileReadTypename(position, types);
  const [firstType] = possible;
  const onlyType = possible.size === 1 ? firstType : undefined;
  // What a subgraph calls an object of such a field is nothing to go by: it is written as what the schema says.
  const declaredType = isAbstract ? undefined : onlyType;

  /** Undefined: anybody may see it. */
  function begin(run: Run, typeName: string): Judging | undefined {
    const typed = fields.get(typeName);
    const judge = typed && run.context.access?.judgeOf(typed.field);
    return judge && { judge, reader: typed.reader, total: 0, denied: 0 };
  }

  function decideAll(run: Run, at: PointJudging): void {
    let lastType: string | undefined;
    let judging: Judging | undefined;
    for (const object of at.objects) {
      const typeName = declaredType ?? readTypename(run, object) ?? onlyType;
      if (typeName !== lastType || typeName === undefined) {
        if (typeName === undefined || !types.isObjectType(typeName) || !run.context.access) {
          at.isDenied = true;
          at.decisions.push(unknownType);
          at.judgings.push(undefined);
          lastType = undefined;
          continue;
        }
        if (!at.byType.has(typeName)) at.byType.set(typeName, begin(run, typeName));
        judging = at.byType.get(typeName);
        lastType = typeName;
      }
      const decision = judging && decide(judging, run, object);
      at.decisions.push(decision);
      at.judgings.push(judging);
      if (decision?.pending) at.waited.add(decision);
      else if (decision?.denial) at.isDenied = true;
    }
  }

  return (run) => {
    const objects = collectObjects(run, position);
    const at: PointJudging = {
      objects,
      decisions: [],
      judgings: [],
      byType: new Map(),
      waited: new Set(),
      isDenied: false,
    };
    decideAll(run, at);
    const { waited } = at;
    const finish = (): void => {
      for (const { denial } of waited) at.isDenied ||= denial !== undefined;
      run.hidden[id] = at.isDenied ? findHidden(at) : noneHidden;
      for (const each of at.byType.values())
        each?.judge.note(each.total - each.denied, each.denied);
    };
    if (waited.size > 0) return whenDecided(waited).then(finish);
    finish();
    return undefined;
  };
}

/** Objects of which a rule reads the same are decided once. */
function decide(judging: Judging, run: Run, object: JsonObject): Decision {
  const { judge, reader } = judging;
  judging.total += 1;
  const { known } = judge;
  if (!known) return judge.decide(object, reader.read(run, object), undefined);
  const key = reader.readKey(run, object);
  let decision = known.get(key);
  if (!decision) {
    decision = judge.decide(object, reader.read(run, object), key);
    known.set(key, decision);
  }
  return decision;
}

/** One after the other: when the first has said it, most others have as well. */
async function whenDecided(decisions: ReadonlySet<Decision>): Promise<void> {
  for (const decision of decisions) if (decision.pending) await decision.pending;
}

function findHidden({ objects, decisions, judgings }: PointJudging): Map<JsonObject, Denial> {
  const hidden = new Map<JsonObject, Denial>();
  decisions.forEach((decision, at) => {
    const object = objects[at];
    if (!decision?.denial || !object) return;
    hidden.set(object, decision.denial);
    const judging = judgings[at];
    if (judging) judging.denied += 1;
  });
  return hidden;
}
