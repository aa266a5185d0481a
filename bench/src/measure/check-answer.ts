import { isDeepStrictEqual } from 'node:util';
import type { Workload } from '../workloads.ts';

/** Whether a contestant answers rightly, and how many bytes its answers have. */
export type AnswerCheck =
  | { readonly right: true; readonly bodyBytes: number }
  | { readonly right: false; readonly reason: string };

/** How many requests are compared, several at a time, as sharing and batching only then come into play. */
const checks = 24;
const checksAtOnce = 8;

/** Compares answers with the right one by value: the order of keys does not matter, everything else does. */
export async function checkAnswers(url: string, workload: Workload): Promise<AnswerCheck> {
  let bodyBytes = 0;
  for (let done = 0; done < checks; done += checksAtOnce) {
    const texts = await Promise.all(
      Array.from({ length: checksAtOnce }, (_, index) => ask(url, workload, -(done + index))),
    );
    for (const text of texts) {
      const reason = difference(text, workload.expected);
      if (reason !== undefined) return { right: false, reason };
      bodyBytes = Buffer.byteLength(text);
    }
  }
  return { right: true, bodyBytes };
}

async function ask(url: string, workload: Workload, sequence: number): Promise<string> {
  const headers = new Headers({ 'content-type': 'application/json', accept: 'application/json' });
  const [name, value] = workload.uniqueHeader?.(sequence).split(': ') ?? [];
  if (name !== undefined && value !== undefined) headers.set(name, value);
  const response = await fetch(url, { method: 'POST', headers, body: workload.body });
  return response.text();
}

function difference(text: string, expected: unknown): string | undefined {
  let answer: unknown;
  try {
    answer = JSON.parse(text);
  } catch {
    return `not JSON: ${text.slice(0, 200)}`;
  }
  if (isDeepStrictEqual(answer, expected)) return undefined;
  return `another answer: ${text.slice(0, 300)}`;
}
