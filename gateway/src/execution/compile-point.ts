import type { Decision, Denial, FieldJudge } from '../request.ts';
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

/** Compiles one guard point: where its rules read, and their judging of every object there. */
export function compilePoint(point: GuardPoint, scope: GuardScope): CompiledPoint {
  const { position } = point;
  const inputs = new Set<number>();
  const reads = new Set<string>();
  const readers = new Map<string, InputReader>();
  for (const [typeName, { coordinate }] of point.byType) {
    const selections = scope.guarded.get(coordinate)?.inputs ?? [];
    const addStep = (step: number): void => void inputs.add(step);
    const addRead = (key: string): void => void reads.add(key);
    const at = { position, typeName };
    readers.set(typeName, compileInputs(selections, at, { ...scope, addStep, addRead }));
  }
  return { point, inputs, reads, judge: compileJudge(point, readers, scope) };
}

const unknownType: Denial = {
  message: 'It cannot be told what this object is.',
  extensions: { code: 'FORBIDDEN' },
};

/** The judging of one type's objects at a point in one run. */
interface Judging {
  readonly judge: FieldJudge;
  readonly reader: InputReader;
  readonly hidden: Map<JsonObject, Denial>;
  denied: number;
  total: number;
}

interface Undecided {
  readonly judging: Judging;
  readonly object: JsonObject;
  readonly decision: Decision;
}

function compileJudge(
  { id, position, byType, possible }: GuardPoint,
  readers: ReadonlyMap<string, InputReader>,
  { types }: GuardScope,
): CompiledPoint['judge'] {
  const readTypename = compileReadTypename(position, types);
  const [firstType] = possible;
  const onlyType = possible.size === 1 ? firstType : undefined;

  /** Undefined: anybody may see it. */
  function begin(run: Run, typeName: string, hidden: Judging['hidden']): Judging | undefined {
    const field = byType.get(typeName);
    const reader = readers.get(typeName);
    const judge = field && run.context.access?.judgeOf(field);
    return judge && reader && { judge, reader, hidden, denied: 0, total: 0 };
  }

  return (run) => {
    const hidden = new Map<JsonObject, Denial>();
    const begun = new Map<string, Judging | undefined>();
    const undecided: Undecided[] = [];
    for (const object of collectObjects(run, position)) {
      const typeName = readTypename(run, object) ?? onlyType;
      if (typeName === undefined || !types.isObjectType(typeName) || !run.context.access) {
        hidden.set(object, unknownType);
        continue;
      }
      let judging = begun.get(typeName);
      if (judging === undefined && !begun.has(typeName)) {
        begun.set(typeName, (judging = begin(run, typeName, hidden)));
      }
      if (!judging) continue;
      const decision = decide(judging, run, object);
      if (decision.pending) undecided.push({ judging, object, decision });
      else settle(judging, object, decision);
    }
    const finish = (): void => {
      for (const { judging, object, decision } of undecided) settle(judging, object, decision);
      for (const judging of begun.values()) {
        judging?.judge.note(judging.total - judging.denied, judging.denied);
      }
      run.hidden[id] = hidden;
    };
    if (undecided.length === 0) {
      finish();
      return undefined;
    }
    const waited = new Set(undecided.flatMap(({ decision }) => decision.pending ?? []));
    return Promise.all(waited).then(finish);
  };
}

/** Objects of which a rule reads the same are decided once. */
function decide({ judge, reader }: Judging, run: Run, object: JsonObject): Decision {
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

function settle(judging: Judging, object: JsonObject, { denial }: Decision): void {
  judging.total += 1;
  if (!denial) return;
  judging.denied += 1;
  judging.hidden.set(object, denial);
}
