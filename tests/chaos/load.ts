import { compareAnswer, countLeaves, type AnswerBody } from './compare-answer.ts';
import { operations, type Operation } from './operations.ts';
import { pause } from './disturbances.ts';

/** What all answers of the run came to. */
export interface LoadTotals {
  answers: number;
  /** Requests that got no answer, or none that is GraphQL. */
  lost: string[];
  wrong: string[];
  unexplained: string[];
  rightValues: number;
  missingValues: number;
  readonly durationsMs: number[];
}

export interface Load {
  readonly totals: LoadTotals;
  /** From now on the service may be missing from answers. */
  disturb(service: string): void;
  /** Asks until everything of the service is in the answers again. @returns how long that took */
  untilWhole(service: string): Promise<number>;
  stop(): Promise<void>;
}

const clientTimeoutMs = 10_000;
const maxHealMs = 30_000;
/** An answer with fewer values than this, such as empty lists, would prove nothing. */
const minValues = 4;

/**
 * Asks at a steady pace, whether answers come or not, and compares every one with the right answer.
 * The right answers are asked for first, while everything is well.
 * @throws Error when one of those has errors: then there is nothing to compare with
 */
export async function startLoad(url: string, perSecond: number): Promise<Load> {
  const right = new Map<Operation, AnswerBody>();
  for (const operation of operations) {
    const answer = await ask(url, operation);
    const text = JSON.stringify(answer).slice(0, 500);
    if (answer.errors || countLeaves(answer.data) < minValues)
      throw new Error(`${operation.name} is not answered: ${text}`);
    right.set(operation, answer);
  }
  const totals: LoadTotals = {
    answers: 0,
    lost: [],
    wrong: [],
    unexplained: [],
    rightValues: 0,
    missingValues: 0,
    durationsMs: [],
  };
  /** Until when each service counts as disturbed. */
  const disturbedUntil = new Map<string, number>();
  const underWay = new Set<Promise<void>>();
  let isRunning = true;

  async function askAndCompare(operation: Operation): Promise<boolean> {
    const askedAt = performance.now();
    let given: AnswerBody;
    try {
      given = await ask(url, operation);
    } catch (error) {
      totals.lost.push(`${operation.name}: ${String(error)}`);
      return false;
    }
    totals.durationsMs.push(performance.now() - askedAt);
    const disturbed = new Set(
      [...disturbedUntil].filter(([, until]) => until >= askedAt).map(([service]) => service),
    );
    const expected = right.get(operation) ?? {};
    const compared = compareAnswer(operation, { right: expected, given }, disturbed);
    totals.answers += 1;
    totals.rightValues += compared.right;
    totals.missingValues += compared.missing;
    for (const path of compared.wrong) totals.wrong.push(`${operation.name} ${path}`);
    for (const path of compared.unexplained) {
      totals.unexplained.push(`${operation.name} ${path} (disturbed: ${[...disturbed].join()})`);
    }
    return compared.missing === 0 && compared.unexplained.length === 0;
  }

  const loop = (async () => {
    let next = performance.now();
    for (let turn = 0; isRunning; turn += 1) {
      next += 1000 / perSecond;
      await pause(Math.max(0, next - performance.now()));
      const operation = operations[turn % operations.length];
      if (!operation) continue;
      const asked: Promise<void> = askAndCompare(operation).then(() => void underWay.delete(asked));
      underWay.add(asked);
    }
  })();

  return {
    totals,
    disturb: (service) => void disturbedUntil.set(service, Infinity),
    async untilWhole(service) {
      const startedAt = performance.now();
      const concerned = operations.filter(({ owners }) =>
        Object.values(owners).some((services) => services.includes(service)),
      );
      for (;;) {
        const whole = await Promise.all(concerned.map(askAndCompare));
        const elapsedMs = performance.now() - startedAt;
        if (whole.every(Boolean)) {
          // What was asked before this moment may still be on its way.
          disturbedUntil.set(service, performance.now());
          return elapsedMs;
        }
        if (elapsedMs > maxHealMs) throw new Error(`${service} is not whole again`);
        await pause(25);
      }
    },
    async stop() {
      isRunning = false;
      await loop;
      await Promise.all(underWay);
    },
  };
}

async function ask(url: string, { query }: Operation): Promise<AnswerBody> {
  const response = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ query }),
    signal: AbortSignal.timeout(clientTimeoutMs),
  });
  if (response.status !== 200) throw new Error(`status ${response.status}`);
  return (await response.json()) as AnswerBody;
}
