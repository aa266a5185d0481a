import { Counter, type Registry } from 'prom-client';

export interface CounterOptions<Label extends string> {
  readonly name: string;
  readonly help: string;
  readonly labels: readonly Label[];
  /** What was counted so far. */
  readonly read: () => Iterable<readonly [labels: Record<Label, string>, total: number]>;
}

/**
 * Registers a counter that is kept elsewhere as plain numbers: what is added per request costs nanoseconds so, where
 * looking up labels in the library costs half a microsecond each time.
 */
export function registerCounter<Label extends string>(
  registry: Registry,
  { name, help, labels, read }: CounterOptions<Label>,
): void {
  const counter: Counter<Label> = new Counter({
    name,
    help,
    labelNames: labels,
    registers: [registry],
    collect() {
      counter.reset();
      for (const [own, total] of read()) counter.inc(own, total);
    },
  });
}

/** The total of a counter without labels. */
export function single(total: number): Iterable<readonly [Record<never, string>, number]> {
  return [[{}, total]];
}
