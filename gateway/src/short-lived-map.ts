/**
 * A map for what comes and goes with every request.
 *
 * V8 links each table that a Map or Set has outgrown to its successor and leaves what stood in it. Once one of them has
 * become old, every table after it, and all that was ever put in, survives each collection of the young generation up
 * to the next full one: thousands of finished requests (docs/performance.md). So what leaves this map is let go of at
 * once, and only keys and empty slots stay behind.
 */
export class ShortLivedMap<Value> {
  readonly #slots = new Map<string, { value: Value | undefined }>();

  get(key: string): Value | undefined {
    return this.#slots.get(key)?.value;
  }

  set(key: string, value: Value): void {
    const slot = this.#slots.get(key);
    if (slot) slot.value = value;
    else this.#slots.set(key, { value });
  }

  delete(key: string): void {
    const slot = this.#slots.get(key);
    if (!slot) return;
    slot.value = undefined;
    this.#slots.delete(key);
  }
}
