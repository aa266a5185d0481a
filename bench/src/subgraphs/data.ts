import { readFileSync } from 'node:fs';

export interface Product {
  readonly upc: string;
  readonly name: string;
  readonly price: number;
  readonly weight: number;
}
export interface Review {
  readonly id: string;
  readonly body: string;
  readonly product: { readonly upc: string };
}
export interface User {
  readonly id: string;
  readonly name: string;
  readonly username: string;
  readonly birthday: number;
}
interface Stock {
  readonly upc: string;
  readonly inStock: boolean;
}
interface Data {
  readonly users: readonly User[];
  readonly products: readonly Product[];
  readonly reviews: readonly Review[];
  readonly inventory: readonly Stock[];
}

/** What the four subgraphs of the public graphql-gateways-benchmark know. */
export const data = JSON.parse(
  readFileSync(new URL('../../data/data.json', import.meta.url), 'utf8'),
) as Data;
