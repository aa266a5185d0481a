interface Entry<Value> {
  readonly key: string;
  readonly hash: number;
  value: Value | undefined;
  next: Entry<Value> | undefined;
}

/** Characters of a key that decide where it stands; the rest is only compared. */
const maxHashed = 64;
const fewestBuckets = 64;

/**
 * A map for what comes and goes with every request.
 *
 * V8 links each table that a Map or Set has outgrown to its successor and leaves what stood in it. Once one of them has
 * become old, every table after it, with all keys that were ever put in and all they are parts of, survives each
 * collection of the young generation up to the next full one: thousands of finished requests (docs/performance.md). Here
 * nothing stays behind: entries that stand in the same place are linked, and who leaves is taken out and let go of.
 */
export class ShortLivedMap<Value> {
  #buckets: (Entry<Value> | undefined)[] = emptyBuckets(fewestBuckets);
  #size = 0;

  get(key: string): Value | undefined {
    return this.#find(key, hashOf(key))?.value;
  }

  set(key: string, value: Value): void {
    const hash = hashOf(key);
    const known = this.#find(key, hash);
    if (known) {
      known.value = value;
      return;
    }
    if (this.#size >= 2 * this.#buckets.length) this.#grow();
    this.#size += 1;
    const at = hash & (this.#buckets.length - 1);
    this.#buckets[at] = { key, hash, value, next: this.#buckets[at] };
  }

  delete(key: string): void {
    const hash = hashOf(key);
    const at = hash & (this.#buckets.length - 1);
    let previous: Entry<Value> | undefined;
    for (let entry = this.#buckets[at]; entry; previous = entry, entry = entry.next) {
      if (entry.hash !== hash || entry.key !== key) continue;
      if (previous) previous.next = entry.next;
      else this.#buckets[at] = entry.next;
      // It may have become old: then it must not keep what is young.
      entry.next = undefined;
      entry.value = undefined;
      this.#size -= 1;
      return;
    }
  }

  #find(key: string, hash: number): Entry<Value> | undefined {
    let entry = this.#buckets[hash & (this.#buckets.length - 1)];
    while (entry && (entry.hash !== hash || entry.key !== key)) entry = entry.next;
    return entry;
  }

  #grow(): void {
    const buckets = emptyBuckets<Entry<Value>>(2 * this.#buckets.length);
    for (const bucket of this.#buckets) {
      for (let entry = bucket; entry;) {
        const { next } = entry;
        const at = entry.hash & (buckets.length - 1);
        entry.next = buckets[at];
        buckets[at] = entry;
        entry = next;
      }
    }
    this.#buckets = buckets;
  }
}

function emptyBuckets<Item>(count: number): (Item | undefined)[] {
  return Array.from<Item | undefined>({ length: count }).fill(undefined);
}

/** Looks at the end of a key and at some places before it. Keys alike there stand in one place, and are compared. */
function hashOf(key: string): number {
  const step = key.length <= maxHashed ? 1 : Math.ceil(key.length / maxHashed);
  let hash = key.length;
  for (let at = key.length - 1; at >= 0; at -= step) {
    hash = (Math.imul(hash, 31) + key.charCodeAt(at)) | 0;
  }
  return hash ^ (hash >>> 15);
}
