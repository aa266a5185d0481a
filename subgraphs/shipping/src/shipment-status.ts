/** Where a parcel is on its way. */
export type ShipmentStatus = 'CREATED' | 'DELIVERED' | 'IN_TRANSIT' | 'LOST' | 'OUT_FOR_DELIVERY';

/** What a carrier may report after what. A parcel passes several places IN_TRANSIT; it may come back from a failed delivery. */
const followers: Readonly<Record<ShipmentStatus, readonly ShipmentStatus[]>> = {
  CREATED: ['IN_TRANSIT', 'LOST'],
  IN_TRANSIT: ['IN_TRANSIT', 'OUT_FOR_DELIVERY', 'LOST'],
  OUT_FOR_DELIVERY: ['IN_TRANSIT', 'DELIVERED', 'LOST'],
  DELIVERED: [],
  LOST: [],
};

export function canFollow(current: ShipmentStatus, next: ShipmentStatus): boolean {
  return followers[current].includes(next);
}
