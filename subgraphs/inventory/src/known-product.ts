/** Another service's entity: its key, and what the gateway fetched because a field here requires it. */
export interface KnownProduct {
  readonly id: string;
  readonly price?: Money;
  /** null for what needs no parcel. */
  readonly weightGrams?: number | null;
}

/** In the smallest unit of the currency. */
export interface Money {
  readonly amount: number;
  readonly currency: string;
}
