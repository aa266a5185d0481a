import type { Denial } from '../request.ts';
import type { JsonObject } from '../transport/subgraph-fetch.ts';
import { collectObjects } from './collect-objects.ts';
import type { GuardPoint, GuardScope } from './guards.ts';
import { compileReadTypename } from './read-field.ts';
import { compileInputs, type ReadInputs } from './read-inputs.ts';
import type { Run } from './run.ts';

export interface CompiledPoint {
  readonly point: GuardPoint;
  /** Steps that bring what the rules read. */
  readonly inputs: ReadonlySet<number>;
  /** By `position.id name`: what the rules read. */
  readonly reads: ReadonlySet<string>;
  readonly judge: (run: Run) => Promise<void>;
}

/** Compiles one guard point: where its rules read, and their judging of every object there. */
export function compilePoint(point: GuardPoint, scope: GuardScope): CompiledPoint {
  const { position } = point;
  const inputs = new Set<number>();
  const reads = new Set<string>();
  const readers = new Map<string, ReadInputs>();
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

function compileJudge(
  { id, position, byType, possible }: GuardPoint,
  readers: ReadonlyMap<string, ReadInputs>,
  { types }: GuardScope,
): (run: Run) => Promise<void> {
  const readTypename = compileReadTypename(position, types);
  const [firstType] = possible;
  const onlyType = possible.size === 1 ? firstType : undefined;
  return async (run) => {
    const { access } = run.context;
    const hidden = new Map<JsonObject, Denial>();
    run.hidden[id] = hidden;
    const objects = new Set(collectObjects(run, position));
    await Promise.all(
      [...objects].map(async (object) => {
        const typeName = readTypename(run, object) ?? onlyType;
        const isKnown = typeName !== undefined && types.isObjectType(typeName);
        if (!isKnown || !access) {
          hidden.set(object, unknownType);
          return;
        }
        const field = byType.get(typeName);
        const read = readers.get(typeName);
        if (!field || !read) return;
        const denial = await access.judge({ ...field, object, read: read(run, object) });
        if (denial) hidden.set(object, denial);
      }),
    );
  };
}
