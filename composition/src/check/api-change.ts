/** How much a change of the API may hurt clients. */
export type ChangeLevel = 'breaking' | 'dangerous' | 'safe';

/** One difference between two API schemas. */
export interface ApiChange {
  /** Kind of change, such as `FIELD_REMOVED`. */
  type: string;
  level: ChangeLevel;
  message: string;
  /** Schema coordinate such as `Product.price`, `Query.product.id` (an argument) or `Currency.EUR`. */
  path: string;
}
