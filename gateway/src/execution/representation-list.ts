import type { JsonObject } from '../transport/subgraph-fetch.ts';
import type { Omission } from './omission.ts';

/** The representations of the objects of one or more steps, each once. */
export interface RepresentationList {
  /** As JSON. */
  readonly texts: readonly string[];
  /** By place in `texts`: what is not asked about it. Empty when everybody is asked for everything. */
  readonly omissions: readonly (Omission | undefined)[];
  /** By step: object → place in `texts`. */
  readonly indexes: readonly Map<JsonObject, number>[];
  /** How many objects there are, before duplicates were dropped. */
  readonly places: number;
}
