import { LRUCache } from 'lru-cache';
import { print } from 'graphql';
import type { SelectionNode } from 'graphql';
import { announce } from '../channels.ts';
import { createInternalNames, findPrefix } from '../planning/internal-names.ts';
import type { PlanningRequest } from '../planning/make-plan.ts';
import type { Planner } from '../planning/planner.ts';
import { documentOf, plannerOperation } from '../planning/planner-operation.ts';
import { printPlan } from '../planning/print-plan.ts';
import { splitRootFields } from '../planning/split-root-fields.ts';
import type { PermittedOperation } from '../request.ts';
import { atOnce, inTurns, type Turns } from '../turns.ts';
import { defaultCallerKey } from './caller-key.ts';
import { compilePlan, type CompiledPlan } from './compile-plan.ts';
import type { Engine, Executable } from './engine.ts';
import { openPlanning } from './engine-planning.ts';
import type { TrellisEngineInput, TrellisEngineOptions } from './engine-options.ts';
import { createEntityBatcher } from './entity-batcher.ts';
import { fetchEntities, type FetchEntities } from './entity-request.ts';
import { execute } from './execute.ts';
import { planKeyOf } from '../plan-key.ts';
import { decideLabels, type LabelDecisions } from './plan-variants.ts';
import { Run } from './run.ts';
import { shareOperations } from './share-operations.ts';

const defaultCacheBytes = 64 * 1024 * 1024;

/** Measured: an operation and its closures take 15 KB (two fetches) to 160 KB (the heavy one of the benchmark). */
const bytesPerDefinition = 12_000;
const bytesPerCharacter = 45;

interface Entry {
  readonly permitted: PermittedOperation;
  readonly executable: Executable;
  readonly bytes: number;
  uses: number;
}

interface Made {
  readonly first: CompiledPlan;
  readonly startedAt: number;
}

/**
 * Creates our engine over one supergraph: plans by @apollo/query-planner, compiled once and run by ourselves.
 * @throws GatewayError when the supergraph cannot be served, or uses access directives that nothing enforces
 */
export function createTrellisEngine(input: TrellisEngineInput): Engine {
  const { options = {} } = input;
  const { compile, planner } = createCompiler(input);
  const entries = new LRUCache<string, Entry>({
    maxSize: options.planning?.cacheBytes ?? defaultCacheBytes,
    sizeCalculation: ({ bytes }) => bytes,
  });
  const underWay = new Map<string, Promise<Executable>>();

  function keep(key: string, permitted: PermittedOperation, made: Made): Executable {
    const { first, startedAt } = made;
    announce({ event: 'planned', durationMs: performance.now() - startedAt });
    const executable = makeExecutable(permitted, first, { compile, options });
    entries.set(key, { permitted, executable, bytes: bytesOf(permitted, first), uses: 1 });
    return executable;
  }

  async function build(
    key: string,
    permitted: PermittedOperation,
    made: { readonly first: Promise<CompiledPlan>; readonly startedAt: number },
  ): Promise<Executable> {
    try {
      return keep(key, permitted, { ...made, first: await made.first });
    } finally {
      underWay.delete(key);
    }
  }

  function plan(permitted: PermittedOperation): Executable | Promise<Executable> {
    const key = permitted.planKey ?? planKeyOf(permitted);
    const entry = entries.get(key);
    if (entry) {
      entry.uses += 1;
      return entry.executable;
    }
    const known = underWay.get(key);
    if (known) return known;
    const startedAt = performance.now();
    const first = isLong(permitted)
      ? nextTurn().then(() => compile(permitted, undefined))
      : compile(permitted, undefined);
    if (!(first instanceof Promise)) return keep(key, permitted, { first, startedAt });
    const building = build(key, permitted, { first, startedAt });
    underWay.set(key, building);
    return building;
  }

  return {
    plan,
    hottest: (count) =>
      [...entries.values()]
        .sort((a, b) => b.uses - a.uses)
        .slice(0, count)
        .map((entry) => entry.permitted),
    async warm(operations) {
      for (const permitted of operations) {
        try {
          await plan(permitted);
        } catch {
          // The operation no longer fits this supergraph; the client who sends it will be told.
        }
        // Requests come first.
        await nextTurn();
      }
    },
    cacheSize: () => ({ entries: entries.size, bytes: entries.calculatedSize }),
    close: () => planner.close(),
  };
}

/** Parsing and validating it has just taken a while: whoever has come meanwhile is served before it is planned. */
function isLong({ prepared: { text = '' } }: PermittedOperation): boolean {
  return text.length > 2_000;
}

function nextTurn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

/** Compiles one operation; without decisions its labels are off. */
type Compile = (
  permitted: PermittedOperation,
  decisions: LabelDecisions | undefined,
) => CompiledPlan | Promise<CompiledPlan>;

function createCompiler({ sdl, apiSchema, options = {}, planning }: TrellisEngineInput): {
  compile: Compile;
  planner: Planner;
} {
  const opened = planning ?? atOnce(openPlanning(sdl, options));
  const { planner, facts, labels, types, interfaceObjects } = opened;
  const prefix = findPrefix(apiSchema);
  const batch = createFetchEntities(options);

  const known = { schema: apiSchema, interfaceObjects };

  const compile: Compile = (permitted, decisions) => {
    const names = createInternalNames(prefix);
    const { selections, size } = plannerOperation(permitted, names, known);
    const relevant = labels.relevantTo(selections);
    const request: PlanningRequest = {
      operations: operationTexts(permitted, selections),
      overrides: decisions ?? relevant.map((label) => [label, false]),
    };
    const plan = planner.plan(request, size);
    const finish = (made: Awaited<typeof plan>): Turns<CompiledPlan> =>
      compilePlan({
        permitted,
        plan: made,
        names,
        apiSchema,
        types,
        facts,
        labels: relevant,
        mergeFetches: options.mergeFetches ?? true,
        fetchEntities: batch,
      });
    // What is planned at once is small.
    return plan instanceof Promise
      ? plan.then((made) => inTurns(finish(made)))
      : atOnce(finish(plan));
  };
  return { compile, planner };
}

/** The texts to plan: a mutation's root fields one by one, because each waits for all of the one before. */
function operationTexts(
  permitted: PermittedOperation,
  selections: readonly SelectionNode[],
): string[] {
  const isMutation = permitted.prepared.kind === 'mutation';
  const parts = isMutation ? splitRootFields(selections) : [selections];
  return parts.filter((part) => part.length > 0).map((part) => print(documentOf(permitted, part)));
}

function createFetchEntities(options: TrellisEngineOptions): FetchEntities {
  const { batchEntities = true, callerKey = defaultCallerKey } = options;
  if (batchEntities === false) return fetchEntities;
  const { maxBatchSize = 500, maxWindowMs = 2 } = batchEntities === true ? {} : batchEntities;
  const identityFree = new Set(options.identityFreeSubgraphs);
  return createEntityBatcher({
    maxBatchSize,
    maxWindowMs,
    callerKey: (context, subgraph) =>
      identityFree.has(subgraph) ? '' : callerKey(context, subgraph),
  });
}

function makeExecutable(
  permitted: PermittedOperation,
  first: CompiledPlan,
  { compile, options }: { compile: Compile; options: TrellisEngineOptions },
): Executable {
  const { labels } = first;
  const variants = new Map<string, CompiledPlan | Promise<CompiledPlan>>();
  const variantFor = (decisions: LabelDecisions): CompiledPlan | Promise<CompiledPlan> => {
    if (decisions.every(([, isOverridden]) => !isOverridden)) return first;
    const key = decisions.map(([, isOverridden]) => (isOverridden ? '1' : '0')).join('');
    let variant = variants.get(key);
    if (!variant) {
      variant = compile(permitted, decisions);
      variants.set(key, variant);
      if (variant instanceof Promise) variant.catch(() => variants.delete(key));
    }
    return variant;
  };
  const run: Executable['execute'] = async (variables, context, fetch, trace) => {
    const compiled =
      labels.length === 0
        ? first
        : await variantFor(decideLabels(labels, context, options.overrideLabel));
    const steps = compiled.plan.steps.length;
    const { noteUnfit, pieceSize } = options;
    return execute(
      compiled,
      new Run({ variables, context, fetch, trace, steps, noteUnfit, pieceSize }),
    );
  };
  const { callerKey = defaultCallerKey, shareOperations: isShared = true } = options;
  const mayShare = isShared && permitted.prepared.kind === 'query' && first.plan.steps.length > 0;
  let printed: string | undefined;
  return {
    execute: mayShare ? shareOperations(run, (context) => callerKey(context, undefined)) : run,
    size: {
      fetches: first.groups.length,
      waves: first.groups.reduce((waves, { wave }) => Math.max(waves, wave + 1), 0),
    },
    get printedPlan() {
      return (printed ??= printPlan(first.plan, first.groups));
    },
  };
}

function bytesOf(permitted: PermittedOperation, { plan }: CompiledPlan): number {
  const texts = plan.steps.reduce((length, step) => length + step.operation.length, 0);
  const definitions = permitted.prepared.document.definitions.length;
  return bytesPerDefinition * definitions + bytesPerCharacter * texts;
}
