import {
  createInstance,
  endpointKey,
  type Endpoint,
  type Instance,
  type InstanceOptions,
} from '../instance.ts';

/** The instances of one subgraph, as they come and go. */
export interface Instances {
  readonly current: () => readonly Instance[];
  /** Makes these endpoints the list: those already known keep their sockets, those gone finish what they have. */
  update(endpoints: readonly Endpoint[]): void;
  close(): Promise<void>;
}

export function createInstances(options: InstanceOptions): Instances {
  let byKey = new Map<string, Instance>();
  let list: readonly Instance[] = [];
  const closing = new Set<Promise<void>>();

  function close(instance: Instance): void {
    const closed = instance.close().finally(() => closing.delete(closed));
    closing.add(closed);
  }

  return {
    current: () => list,
    update(endpoints) {
      const next = new Map<string, Instance>();
      for (const endpoint of endpoints) {
        const key = endpointKey(endpoint);
        const instance = byKey.get(key) ?? next.get(key) ?? createInstance(endpoint, options);
        instance.weight = endpoint.weight ?? 1;
        instance.priority = endpoint.priority ?? 0;
        next.set(key, instance);
      }
      const gone = [...byKey].filter(([key]) => !next.has(key));
      byKey = next;
      list = [...next.values()];
      for (const [, instance] of gone) close(instance);
    },
    async close() {
      const all = list;
      list = [];
      byKey = new Map();
      for (const instance of all) close(instance);
      await Promise.allSettled(closing);
    },
  };
}
