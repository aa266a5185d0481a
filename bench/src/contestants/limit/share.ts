/** Lets callers that ask the same while an answer is under way wait for that answer. */
export function share<Question, Result>(
  keyOf: (question: Question) => string,
  answer: (question: Question) => Promise<Result>,
): (question: Question) => Promise<Result> {
  const underWay = new Map<string, Promise<Result>>();
  return (question) => {
    const key = keyOf(question);
    const known = underWay.get(key);
    if (known !== undefined) return known;
    const result = answer(question).finally(() => underWay.delete(key));
    underWay.set(key, result);
    return result;
  };
}
