import type { ColumnType, Generated, GeneratedAlways } from 'kysely';

/** The tables of this service, in the names that rows have in code. */
export interface Tables {
  warehouses: WarehousesTable;
  knownProducts: KnownProductsTable;
  stockLevels: StockLevelsTable;
  stockAdjustments: StockAdjustmentsTable;
}

export type Region = 'APAC' | 'EU_CENTRAL' | 'EU_NORTH' | 'NA_EAST' | 'NA_WEST';

export interface WarehousesTable {
  id: string;
  code: string;
  name: string;
  region: Region;
}

export interface KnownProductsTable {
  id: string;
}

export interface StockLevelsTable {
  id: string;
  productId: string;
  warehouseId: string;
  onHand: number;
  reserved: Generated<number>;
  available: GeneratedAlways<number>;
  changedAt: ColumnType<Date, Date | undefined, Date>;
}

export interface StockAdjustmentsTable {
  id: GeneratedAlways<number>;
  stockLevelId: string;
  change: number;
  reason: string;
  adjustedBy: string;
  adjustedAt: ColumnType<Date, Date | undefined, never>;
}
