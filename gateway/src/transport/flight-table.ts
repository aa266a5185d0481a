import type { Flight } from './flight.ts';

const fewestBuckets = 64;

/**
 * The flights of one subgraph that may be joined, by a hash of what is asked and who asks. Flights with one hash, or one
 * place, are linked through themselves; whoever looks for one compares. Like a ShortLivedMap it keeps nothing of who has
 * left, and it makes nothing for who comes.
 */
export class FlightTable {
  #buckets = emptyBuckets(fewestBuckets);
  #size = 0;

  /** @returns the first flight that may have this hash; follow `nextInTable` */
  first(hash: number): Flight | undefined {
    return this.#buckets[hash & (this.#buckets.length - 1)];
  }

  /** Takes in a flight under its `hash`. */
  add(flight: Flight): void {
    if (this.#size >= 2 * this.#buckets.length) this.#grow();
    this.#size += 1;
    put(this.#buckets, flight);
  }

  /** Takes out a flight, if it is in. */
  remove(flight: Flight): void {
    const at = flight.hash & (this.#buckets.length - 1);
    let previous: Flight | undefined;
    for (let each = this.#buckets[at]; each; previous = each, each = each.nextInTable) {
      if (each !== flight) continue;
      if (previous) previous.nextInTable = flight.nextInTable;
      else this.#buckets[at] = flight.nextInTable;
      // It may have become old: then it must not keep what is young.
      flight.nextInTable = undefined;
      this.#size -= 1;
      return;
    }
  }

  #grow(): void {
    const buckets = emptyBuckets(2 * this.#buckets.length);
    for (const bucket of this.#buckets) {
      for (let flight = bucket; flight;) {
        const { nextInTable } = flight;
        put(buckets, flight);
        flight = nextInTable;
      }
    }
    this.#buckets = buckets;
  }
}

function put(buckets: (Flight | undefined)[], flight: Flight): void {
  const at = flight.hash & (buckets.length - 1);
  flight.nextInTable = buckets[at];
  buckets[at] = flight;
}

function emptyBuckets(count: number): (Flight | undefined)[] {
  return Array.from<Flight | undefined>({ length: count }).fill(undefined);
}
