import type { Answer, RequestContext } from '../request.ts';
import { ShortLivedMap } from '../short-lived-map.ts';
import type { CoercedVariables, Executable } from './engine.ts';
import { withinDeadline } from './within-deadline.ts';

interface Leader {
  readonly context: RequestContext;
  readonly answer: Promise<Answer>;
}

/**
 * Lets callers who ask the same at the same time share one execution. Nobody is bound to the one who came first: when
 * that one leaves or runs out of time, the others run the operation themselves.
 * @param callerKey everything of a caller that can change the answer
 */
export function shareOperations(
  execute: Executable['execute'],
  callerKey: (context: RequestContext) => string,
): Executable['execute'] {
  const leaders = new ShortLivedMap<Leader>();

  const executeShared: Executable['execute'] = (variables, context, fetch, trace) => {
    // What rules said to one caller is nobody else's.
    if (trace || context.access) return execute(variables, context, fetch, trace);
    const key = keyOf(variables, callerKey(context));
    const leader = leaders.get(key);
    if (leader) {
      if (context.record) context.record.isShared = true;
      return follow(leader, context).then(
        (answer) => answer ?? executeShared(variables, context, fetch),
      );
    }
    const answer = execute(variables, context, fetch);
    const own: Leader = { context, answer };
    leaders.set(key, own);
    const forget = (): void => {
      if (leaders.get(key) === own) leaders.delete(key);
    };
    answer.then(forget, forget);
    return answer;
  };
  return executeShared;
}

function keyOf(variables: CoercedVariables, caller: string): string {
  for (const _name in variables) return `${JSON.stringify(variables)} ${caller}`;
  return caller;
}

/** Waits for another's answer. Undefined when it is spoilt by what happened to that caller alone. */
async function follow(leader: Leader, context: RequestContext): Promise<Answer | undefined> {
  try {
    const isHurried = context.deadline.remainingMs() < leader.context.deadline.remainingMs();
    const answer = await (isHurried ? withinDeadline(leader.answer, context) : leader.answer);
    return isSpoilt(leader.context) ? undefined : answer;
  } catch (error) {
    if (isSpoilt(context) || !isSpoilt(leader.context)) throw error;
    return undefined;
  }
}

function isSpoilt({ signal, deadline }: RequestContext): boolean {
  return signal.aborted || deadline.remainingMs() <= 0;
}
