/** A value, or a promise of it. Most rules answer at once, and a promise for each object is what they would cost then. */
export type MaybePromise<Value> = Value | Promise<Value>;

/** Goes on with a value at once where it is there. Promises must never reject. */
export function whenThere<Value, Result>(
  value: MaybePromise<Value>,
  proceed: (value: Value) => MaybePromise<Result>,
): MaybePromise<Result> {
  return value instanceof Promise ? value.then(proceed) : proceed(value);
}

/** All values, in one array if each is there. Promises must never reject. */
export function allThere<Value>(values: readonly MaybePromise<Value>[]): MaybePromise<Value[]> {
  for (const value of values) {
    if (value instanceof Promise) return Promise.all(values as readonly Promise<Value>[]);
  }
  return values as Value[];
}

/** Whether somebody has promised a value, in whatever way. */
export function isThenable(value: unknown): value is PromiseLike<unknown> {
  return (
    typeof value === 'object' &&
    value !== null &&
    typeof (value as { readonly then?: unknown }).then === 'function'
  );
}
