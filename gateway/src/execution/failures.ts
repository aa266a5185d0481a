import { errorCatalogue, GatewayError, SubgraphError } from '../errors.ts';
import type { FetchStep } from '../planning/plan.ts';
import { FetchFailure } from '../transport/fetch-failure.ts';
import type { SubgraphResponseError } from '../transport/subgraph-fetch.ts';
import { entitiesAlias } from './compile-request.ts';
import type { EntityAnswer } from './entity-request.ts';
import type { Run } from './run.ts';
import type { Collected } from './units.ts';

/** Notes that a whole step failed. */
export function failStep(run: Run, step: FetchStep, error: unknown): void {
  run.failures.push({
    step: step.id,
    ...describeFailure(error),
    entity: undefined,
    path: [],
  });
}

/** Notes that all steps of a request failed, for one reason. */
export function failSteps(run: Run, collected: readonly Collected[], error: unknown): void {
  for (const { unit, indexes } of collected) {
    unit.members.forEach(({ step }, at) => {
      if (indexes[at]?.size) failStep(run, step, error);
    });
  }
}

/** An answer that does not fit what was asked, noted for the log. @param what such as `answered without data` */
export function unfitAnswer(run: Run, subgraph: string, what: string): FetchFailure {
  const failure = new FetchFailure('SUBGRAPH_MALFORMED_RESPONSE', subgraph, {
    message: `A subgraph ${what}.`,
    detail: what,
    blame: 'subgraph',
  });
  const { id: errorId } = failure;
  run.noteUnfit?.({ requestId: run.context.id, subgraph, errorId, problems: [what] });
  return failure;
}

/** What clients learn of a failure: the message of our own errors, never that of others, and no subgraph's name. */
export function describeFailure(error: unknown): {
  message: string;
  extensions: { readonly code: string };
} {
  if (error instanceof SubgraphError) {
    return { message: error.message, extensions: error.extensions };
  }
  if (error instanceof GatewayError) {
    return { message: error.message, extensions: { code: error.code } };
  }
  const { message } = errorCatalogue.SUBGRAPH_UNAVAILABLE;
  return { message, extensions: { code: 'SUBGRAPH_UNAVAILABLE' } };
}

/** Notes the errors a subgraph reported beside its entities: those of other callers' entities are left to them. */
export function addFailures(run: Run, sent: readonly Collected[], answer: EntityAnswer): void {
  for (const error of answer.response.errors ?? []) {
    const [root, place, ...rest] = error.path ?? [];
    const at =
      sent.length === 1 ? 0 : sent.findIndex((_each, index) => root === entitiesAlias(index));
    const collected = sent[at];
    if (typeof root !== 'string' || !collected || typeof place !== 'number') {
      addLoose(run, sent, error);
      continue;
    }
    const entity = answer.places ? (answer.places[at]?.indexOf(place) ?? -1) : place;
    if (entity < 0) continue;
    if (entity >= collected.texts.length) {
      addLoose(run, sent, error);
      continue;
    }
    const { message, extensions } = error;
    collected.unit.members.forEach(({ step }, member) => {
      if (![...(collected.indexes[member]?.values() ?? [])].includes(entity)) return;
      run.failures.push({ step: step.id, message, extensions, entity, path: rest });
    });
  }
}

/** An error of the whole request: it concerns every step that asked for something. */
function addLoose(run: Run, sent: readonly Collected[], error: SubgraphResponseError): void {
  for (const { unit, indexes } of sent) {
    unit.members.forEach(({ step }, at) => {
      if (!indexes[at]?.size) return;
      const { message, extensions } = error;
      run.failures.push({ step: step.id, message, extensions, entity: undefined, path: [] });
    });
  }
}
