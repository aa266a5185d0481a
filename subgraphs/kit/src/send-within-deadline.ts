import { errorCodes } from '@trellis/platform/error-codes';
import type { FastifyReply } from 'fastify';
import type { RequestScope } from './request-scope.ts';

export interface TimedRequest {
  readonly scope: RequestScope;
  readonly abort: (reason?: Error) => void;
}

const tooLate = Symbol('too late');

/**
 * Answers, or says that the deadline has passed as soon as it has: whoever asked stopped waiting then.
 * The request's signal aborts, so that no loader of this request reads anything more.
 */
export async function sendWithinDeadline(
  reply: FastifyReply,
  { scope, abort }: TimedRequest,
  answer: () => Promise<unknown>,
): Promise<unknown> {
  const remainingMs = scope.deadline.remainingMs();
  if (remainingMs === 0) return sendTooLate(reply);
  let timer: NodeJS.Timeout | undefined;
  const deadline = new Promise<typeof tooLate>((resolve) => {
    timer = setTimeout(() => resolve(tooLate), remainingMs);
  });
  const answered = answer();
  try {
    const result = await Promise.race([answered, deadline]);
    if (result !== tooLate) return result;
  } finally {
    clearTimeout(timer);
  }
  abort(new Error('The deadline of the request has passed'));
  // Whatever it still comes to, nobody waits for it; its errors were logged where they arose.
  answered.catch(() => undefined);
  return sendTooLate(reply);
}

function sendTooLate(reply: FastifyReply): FastifyReply {
  return reply.code(504).send({
    errors: [
      {
        message: 'The deadline of the request has passed.',
        extensions: { code: errorCodes.deadlineExceeded },
      },
    ],
  });
}
