/** A product, of which this service knows no more than the key. */
export interface KnownProduct {
  readonly id: string;
}

/** A user: with the username where a review says it, so that it need not be fetched. */
export interface KnownUser {
  readonly id: string;
  readonly username?: string;
}
