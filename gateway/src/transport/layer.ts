import type { FetchContext } from './fetch-context.ts';
import type { SubgraphResponse } from './subgraph-fetch.ts';

/**
 * One policy of the transport for one subgraph. A fetch goes inwards from layer to layer by `send`, and its outcome outwards by
 * `settle`. Layers are made and linked once; what they know of a single fetch stands in the fetch. So a fetch costs no
 * function and no promise per layer (decisions/0180).
 *
 * An outcome is told once, perhaps before `send` returns. Neither method throws.
 */
export abstract class Layer {
  /** The next layer on the way to the socket. */
  protected inner: Layer = this;
  /** The next layer on the way back to whoever asked. */
  protected outer: Layer = this;

  /** Lets the fetch go on by `this.inner.send(fetch)`, or tells its outcome to `this.outer.settle`. */
  abstract send(fetch: FetchContext): void;

  /** Learns how a fetch that it let through has ended, and tells it to `this.outer.settle`. */
  abstract settle(
    fetch: FetchContext,
    response: SubgraphResponse | undefined,
    reason: unknown,
  ): void;

  /**
   * Links layers in reading order: the first is the outermost. Those that a setting switches off are left out.
   * @returns the outermost
   */
  static chain(outermost: Layer, ...others: readonly (Layer | undefined)[]): Layer {
    let last = outermost;
    for (const layer of others) {
      if (!layer) continue;
      last.inner = layer;
      layer.outer = last;
      last = layer;
    }
    return outermost;
  }
}
