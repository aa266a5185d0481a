import { decideCaching, type CachePolicy } from '../cache-policy.ts';
import type { Answer } from '../request.ts';
import type { CompiledPlan, View } from './compile-plan.ts';
import { fitErrors } from './fit-errors.ts';
import { locateErrors } from './locate-errors.ts';
import { requiredPlaces } from './required-places.ts';
import { rootObject, type Run } from './run.ts';
import { writeJson } from './write-json.ts';

/** Runs a compiled plan: every group as soon as what it waits for is there. Failures are inside the answer. */
export async function execute(compiled: CompiledPlan, run: Run): Promise<Answer> {
  await fetchGroups(compiled, run);
  await compiled.guards?.finish(run);
  const answer = writeAnswer(compiled.view(run.variables), run);
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

function writeAnswer(view: View, run: Run): Answer {
  if (run.failures.length > 0) locateErrors(run, view.errorScope);
  if (view.introspect) {
    const { data, errors } = view.introspect(run.variables, run.context.access?.schemaView);
    run.introspection = data;
    for (const error of errors) run.errors.push(error.toJSON());
  }
  const data = view.isUnplanned ? unplanned(view, run) : (view.write(run, rootObject) ?? 'null');
  const errors = run.failures.length === 0 ? run.errors : fitted(run, data, view);
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
