import { setImmediate } from 'node:timers/promises';
import { decideCaching, type CachePolicy } from '../cache-policy.ts';
import type { Answer } from '../request.ts';
import type { CompiledPlan, View } from './compile-plan.ts';
import { fitErrors } from './fit-errors.ts';
import { locateErrors } from './locate-errors.ts';
import { pause, Pieces } from './pieces.ts';
import { requiredPlaces } from './required-places.ts';
import { rootObject, type Run } from './run.ts';
import { noteUnfitValues } from './unfit-answer.ts';
import { writeJson } from './write-json.ts';

/** Runs a compiled plan: every group as soon as what it waits for is there. Failures are inside the answer. */
export async function execute(compiled: CompiledPlan, run: Run): Promise<Answer> {
  await fetchGroups(compiled, run);
  await compiled.guards?.finish(run);
  const view = compiled.view(run.variables);
  begin(view, run);
  const written = writeData(view, run);
  const answer = finish(
    view,
    run,
    typeof written === 'string' ? written : await writeInPieces(view, run),
  );
  if (run.trace) {
    run.trace.durationMs = performance.now() - run.startedAtMs;
    run.trace.responseBytes = answer.body.length;
  }
  return answer;
}

function fetchGroups(
  { fetchers, groups, guards, dependents, waitsFor }: CompiledPlan,
  run: Run,
): Promise<void> {
  if (fetchers.length === 0) return Promise.resolve();
  return new Promise((resolve, reject) => {
    const waiting = [...waitsFor];
    let left = fetchers.length;
    const start = (at: number): void => {
      const group = groups[at];
      const judged = group && guards?.before(group, run);
      const fetched = judged ? judged.then(() => fetchers[at]?.(run)) : fetchers[at]?.(run);
      if (fetched) fetched.then(() => finish(at)).catch(reject);
      else finish(at);
    };
    const finish = (at: number): void => {
      left -= 1;
      if (left === 0) {
        resolve();
        return;
      }
      for (const dependent of dependents[at] ?? []) {
        waiting[dependent] = (waiting[dependent] ?? 0) - 1;
        if (waiting[dependent] === 0) start(dependent);
      }
    };
    waitsFor.forEach((count, at) => {
      if (count === 0) start(at);
    });
  });
}

/** Reports what is known before anything is written. */
function begin(view: View, run: Run): void {
  if (run.failures.length > 0) locateErrors(run, view.errorScope);
  if (!view.introspect) return;
  const { data, errors } = view.introspect(run.variables, run.context.access?.schemaView);
  run.introspection = data;
  for (const error of errors) run.errors.push(error.toJSON());
}

/** @returns `pause` where the rest has to wait */
function writeData(view: View, run: Run): string | typeof pause {
  if (view.isUnplanned) return unplanned(view, run);
  try {
    return view.write(run, rootObject) ?? 'null';
  } catch (error) {
    if (error !== pause) throw error;
    run.path.length = 0;
    return pause;
  }
}

/** A large answer keeps nobody waiting: it is written piece by piece, with a turn of the event loop after each. */
async function writeInPieces(view: View, run: Run): Promise<string> {
  const pieces = new Pieces(run.pieceSize);
  run.pieces = pieces;
  run.itemsLeft = -1;
  for (;;) {
    await setImmediate();
    pieces.begin();
    const written = writeData(view, run);
    if (typeof written !== 'string') continue;
    await setImmediate();
    return written;
  }
}

function finish(view: View, run: Run, data: string): Answer {
  const errors = run.failures.length === 0 ? run.errors : fitted(run, data, view);
  if (errors.length > 0 && run.noteUnfit) noteUnfitValues(run.context.id, errors, run.noteUnfit);
  const body =
    errors.length === 0 ? `{"data":${data}}` : `{"data":${data},"errors":${writeJson(errors)}}`;
  return { body, errorCount: errors.length, cache: errors.length === 0 ? cacheOf(run) : undefined };
}

/** What rules had a say in is for this caller alone. */
function cacheOf(run: Run): CachePolicy | undefined {
  const { access, cacheHints } = run.context;
  const cache = decideCaching(run, cacheHints);
  return cache && access ? { ...cache, isPrivate: true } : cache;
}

function fitted({ errors, origins }: Run, data: string, { errorScope }: View): Errors {
  return fitErrors(errors, data, { paths: origins, inputs: requiredPlaces(errorScope) });
}

type Errors = ReturnType<typeof fitErrors>;

/** The planner found no subgraph for anything: that is no answer of nulls. */
function unplanned({ rootFields }: View, run: Run): string {
  for (const field of rootFields) {
    run.errors.push({
      message: `No subgraph can be asked for "${field}" here.`,
      path: [field],
      extensions: { code: 'SUBGRAPH_UNAVAILABLE' },
    });
  }
  return 'null';
}
