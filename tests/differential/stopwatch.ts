const totals = new Map<string, number>();

/** Adds the time some work takes to its total; a promise counts until it is settled. */
export function measure<Value>(name: string, work: () => Value): Value {
  const startMs = performance.now();
  const add = (): void => {
    totals.set(name, (totals.get(name) ?? 0) + performance.now() - startMs);
  };
  const value = work();
  if (value instanceof Promise) value.then(add, add);
  else add();
  return value;
}

/** Whole milliseconds by name, as text. */
export function printTotals(): string {
  return [...totals].map(([name, ms]) => `${name} ${Math.round(ms)} ms`).join(', ');
}
