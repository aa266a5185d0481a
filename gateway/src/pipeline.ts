import type { Identity } from '@trellis/platform/identity';
import { readTraceContext } from '@trellis/platform/trace-context';
import { wireHeaders } from '@trellis/platform/wire-headers';
import { stepChannel, type RequestRecord, type StepName } from './channels.ts';
import type { Engine } from './execution/engine.ts';
import type { Explain } from './explain/explain.ts';
import { failAsAWhole, wantsWholeAnswer } from './execution/whole-answer.ts';
import type { CoerceVariables } from './operation/coerce-variables.ts';
import type { LimitCost } from './operation/cost/limit-cost.ts';
import type { TellCost } from './operation/cost/tell-cost.ts';
import type { Prepare } from './operation/prepare.ts';
import type { Answer, IncomingOperation, RequestContext } from './request.ts';
import type { PreparedOperation } from './operation/prepared-operation.ts';
import type { Authenticate } from './authentication/authenticate.ts';
import type { Authorize } from './authorization/authorize-input.ts';
import type { NarrowError } from './narrow-error.ts';
import type { RateLimits } from './rate-limits/rate-limits.ts';
import type { Snapshot } from './supergraph/snapshot.ts';
import type { SubgraphFetch } from './transport/subgraph-fetch.ts';

/** One supergraph, ready to answer: what is swapped as a whole. */
export interface Graph {
  readonly snapshot: Snapshot;
  readonly engine: Engine;
  readonly fetch: SubgraphFetch;
}

/** What the walk needs; gateway.ts provides it. */
export interface Parts {
  readonly graph: () => Graph;
  readonly authenticate: Authenticate;
  readonly prepare: Prepare;
  readonly coerceVariables: CoerceVariables;
  /** Refuses what costs too much. Absent where nobody counts. */
  readonly limitCost: LimitCost | undefined;
  /** Writes the cost into a header. Absent where nobody wants to know. */
  readonly tellCost?: TellCost | undefined;
  /** Absent where no limit is set. */
  readonly rateLimits: RateLimits | undefined;
  readonly authorize: Authorize;
  /** Takes out of an error what its caller may not see of the schema. Absent where errors suggest nothing. */
  readonly narrowError?: NarrowError | undefined;
  /** Adds plan and trace to an answer whose client asked for them. Absent where nobody may ask. */
  readonly explain: Explain | undefined;
}

/**
 * Answers one operation. Each step takes what the one before returned; any step may throw a GatewayError.
 * @param record what listeners on the channels learn of the request
 */
export async function answer(
  incoming: IncomingOperation,
  parts: Parts,
  record: RequestRecord,
): Promise<Answer> {
  const graph = parts.graph();
  const { snapshot, engine } = graph;
  record.supergraphId = snapshot.id;
  const authenticated = step(record, 'authenticate', () =>
    parts.authenticate(incoming.headers, record),
  );
  // Here and below: what is there at once is not waited for, which would cost a turn of the microtask queue each time.
  const identity = isPromise(authenticated) ? await authenticated : authenticated;
  const counted = parts.rateLimits?.countRequest(identity, record);
  if (counted) await counted;
  let prepared: PreparedOperation;
  try {
    prepared = stepNow(record, 'prepare', () => parts.prepare(incoming, snapshot));
  } catch (error) {
    const caller = { identity, headers: incoming.headers, id: record.id };
    throw (await parts.narrowError?.(error, caller, snapshot)) ?? error;
  }
  describe(record, identity, prepared);
  const variables = stepNow(record, 'coerceVariables', () =>
    parts.coerceVariables(prepared, incoming.variables, snapshot.apiSchema),
  );
  record.cost = parts.limitCost?.(prepared, variables);
  const paid = parts.rateLimits?.countOperation(identity, prepared, record);
  if (paid) await paid;
  const trace = parts.explain?.start(incoming);
  // They say which fetches were another's.
  if (trace) record.fetches ??= [];
  const caller = makeContext(incoming, identity, record);
  const authorized = step(record, 'authorize', () =>
    parts.authorize({ prepared, variables, context: caller, snapshot }),
  );
  const permitted = isPromise(authorized) ? await authorized : authorized;
  const planned = step(record, 'plan', () => engine.plan(permitted));
  const executable = isPromise(planned) ? await planned : planned;
  if (prepared.kind === 'mutation') await record.beforeMutation?.(record);
  record.planFetches = executable.size?.fetches;
  record.planWaves = executable.size?.waves;
  const { access } = permitted;
  const cacheHints = prepared.caching?.(variables);
  const context = access || cacheHints ? decided(caller, access, cacheHints) : caller;
  const executed = await step(record, 'execute', () =>
    executable.execute(variables, context, graph.fetch, trace),
  );
  record.steps?.push(performance.now());
  const finished = wantsWholeAnswer(incoming) ? failAsAWhole(executed) : executed;
  record.errorCount = finished.errorCount;
  parts.tellCost?.({ prepared, variables, answer: finished, record });
  if (!trace || !parts.explain) return finished;
  const asked = { prepared, variables, context: caller, snapshot };
  return parts.explain.finish(finished, { executable, trace, asked });
}

function isPromise<Result>(result: Result | Promise<Result>): result is Promise<Result> {
  // Not `instanceof`: what Node itself promises may be of another realm.
  return typeof (result as { readonly then?: unknown }).then === 'function';
}

/** Runs one step; whoever listens on the step channel sees it begin and end. Costs one check when nobody does. */
function step<Result>(
  record: RequestRecord,
  name: StepName,
  run: () => Result | Promise<Result>,
): Result | Promise<Result> {
  record.steps?.push(performance.now());
  if (!stepChannel.hasSubscribers) return run();
  return stepChannel.tracePromise(async () => run(), { step: name, record });
}

/** The same for a step that has its result at once. */
function stepNow<Result>(record: RequestRecord, name: StepName, run: () => Result): Result {
  record.steps?.push(performance.now());
  if (!stepChannel.hasSubscribers) return run();
  return stepChannel.traceSync(run, { step: name, record });
}

function describe(record: RequestRecord, identity: Identity, prepared: PreparedOperation): void {
  record.identityKind = identity.kind;
  record.identity = identity;
  record.prepared = prepared;
  record.operationName = prepared.name;
  record.operationHash = prepared.hash;
  record.operationKind = prepared.kind;
}

/** The context of a caller about whom something was decided. Written out, because a spread takes two microseconds. */
function decided(
  { id, identity, headers, signal, deadline, trace, record, fetches }: RequestContext,
  access: RequestContext['access'],
  cacheHints: RequestContext['cacheHints'],
): RequestContext {
  return {
    id,
    identity,
    headers,
    signal,
    deadline,
    trace,
    record,
    fetches,
    access,
    cacheHints,
  };
}

function makeContext(
  incoming: IncomingOperation,
  identity: Identity,
  record: RequestRecord,
): RequestContext {
  const { headers, signal, deadline } = incoming;
  const trace =
    record.trace ??
    readTraceContext(headers[wireHeaders.traceParent], headers[wireHeaders.traceState]);
  const { id, fetches } = record;
  return { id, identity, headers, signal, deadline, trace, record, fetches };
}
