import { Counter, type Registry } from 'prom-client';

export interface TallyOptions<Label extends string> {
  readonly name: string;
  readonly help: string;
  readonly labels: readonly Label[];
}

/**
 * A counter whose additions are additions of numbers: the library is only asked when somebody reads. Looking up labels
 * there costs half a microsecond each time.
 */
export class Tally<Label extends string> {
  readonly #counts = new Map<string, { readonly labels: Record<Label, string>; value: number }>();

  constructor(registry: Registry, { name, help, labels }: TallyOptions<Label>) {
    const counts = this.#counts;
    const counter: Counter<Label> = new Counter({
      name,
      help,
      labelNames: labels,
      registers: [registry],
      collect() {
        counter.reset();
        for (const count of counts.values()) counter.inc(count.labels, count.value);
      },
    });
  }

  /** @param key tells sets of labels apart @param labels only called for a key that is new */
  add(key: string, labels: () => Record<Label, string>, value = 1): void {
    const count = this.#counts.get(key);
    if (count) count.value += value;
    else this.#counts.set(key, { labels: labels(), value });
  }
}
