/** Posts a JSON body to a subgraph and returns the parsed answer. */
export type Post = (call: SubgraphCall) => Promise<SubgraphAnswer>;

export interface SubgraphCall {
  /** Last part of the URL. */
  readonly subgraph: string;
  readonly body: string;
  /** Value of the header to pass on, if any. */
  readonly caller: string | undefined;
}

/** The part of a subgraph's answer that the hand-written plans read. */
export interface SubgraphAnswer {
  readonly data: {
    readonly users?: readonly LimitUser[];
    readonly topProducts?: readonly LimitProduct[];
    readonly _entities?: readonly Entity[];
  };
}

export interface LimitUser {
  id: string;
  username: string;
  name?: string;
  reviews?: LimitReview[];
}
export interface LimitProduct {
  upc: string;
  name?: string;
  price?: number;
  weight?: number;
  inStock?: boolean | null;
  shippingEstimate?: number | null;
  reviews?: LimitReview[];
}
export interface LimitReview {
  id: string;
  body: string;
  product?: LimitProduct;
  author?: LimitUser;
}
export type Entity = Partial<LimitUser> & Partial<LimitProduct>;
