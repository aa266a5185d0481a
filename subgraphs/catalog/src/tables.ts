import type { ColumnType } from 'kysely';

/** The tables of this service, in the names that rows have in code. */
export interface Tables {
  categories: CategoriesTable;
  products: ProductsTable;
  variants: VariantsTable;
}

export type ProductKind = 'DIGITAL' | 'PHYSICAL';

export interface CategoriesTable {
  id: string;
  slug: string;
  name: string;
  parentId: string | null;
  /** The place among brothers and sisters, from 0. */
  position: number;
}

export interface ProductsTable {
  id: string;
  sku: string;
  kind: ProductKind;
  name: string;
  description: string;
  /** In the smallest unit of the currency. */
  priceAmount: number;
  priceCurrency: string;
  categoryId: string;
  addedAt: Moment;
  /** This and the size: null for what is downloaded. */
  weightGrams: number | null;
  widthMillimetres: number | null;
  heightMillimetres: number | null;
  depthMillimetres: number | null;
  /** This and the megabytes: null for what is sent. */
  downloadUrl: string | null;
  downloadMegabytes: number | null;
}

export interface VariantsTable {
  id: string;
  productId: string;
  code: string;
  name: string;
  /** The place among the variants of its product, from 0. */
  position: number;
  /** In the smallest unit of the product's currency. */
  surchargeAmount: number;
}

/** Set by the database when absent. */
type Moment = ColumnType<Date, Date | undefined, never>;
