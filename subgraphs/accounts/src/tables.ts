import type { ColumnType, Generated } from 'kysely';

/** The tables of this service, in the names that rows have in code. */
export interface Tables {
  users: UsersTable;
  addresses: AddressesTable;
}

export type Role = 'CUSTOMER' | 'SUPPORT' | 'WAREHOUSE' | 'ADMIN';
export type Region = 'APAC' | 'EU_CENTRAL' | 'EU_NORTH' | 'NA_EAST' | 'NA_WEST';

export interface UsersTable {
  id: string;
  username: string;
  name: string;
  email: string;
  role: Role;
  region: Region;
  riskScore: Generated<number>;
  registeredAt: Moment;
}

export interface AddressesTable {
  id: string;
  userId: string;
  recipient: string;
  street: string;
  city: string;
  postalCode: string;
  country: string;
  isDefault: boolean;
  addedAt: Moment;
}

/** Set by the database when absent. */
type Moment = ColumnType<Date, Date | undefined, never>;
