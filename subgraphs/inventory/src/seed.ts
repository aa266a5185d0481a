import { insertRows } from '@trellis/kit/insert-rows';
import type { FillTables } from '@trellis/kit/seed';
import { seedId } from '@trellis/kit/seed-id';
import { createSeedRandom, type SeedRandom } from '@trellis/kit/seed-random';
import { seededCounts, seededNow, seededProduct, seededWarehouses } from '@trellis/kit/seeded-shop';

const dayMs = 86_400_000;

/** The warehouses of the example shop and what lies in them: everything that is sent in a parcel. */
export const seed: FillTables = async (client) => {
  const parcels = Array.from({ length: seededCounts.products }, (_, index) => index).filter(
    (index) => seededProduct(index).kind === 'PHYSICAL',
  );
  const known = parcels.map((index) => ({ id: seedId('product', index) }));
  await insertRows(
    client,
    'warehouses',
    seededWarehouses.map((warehouse) => ({ ...warehouse })),
  );
  await insertRows(client, 'known_products', known);
  await insertRows(client, 'stock_levels', parcels.flatMap(makeStockLevels));
};

/** One product in twenty is sold out; all others lie in one to five warehouses. */
function makeStockLevels(productIndex: number) {
  const random = createSeedRandom(`stock of product ${productIndex}`);
  const isSoldOut = random.chance(0.05);
  const places = random.integer(1, seededWarehouses.length);
  // Begin anywhere, so that no warehouse holds more than the others.
  const start = random.integer(0, seededWarehouses.length - 1);
  return Array.from({ length: places }, (_, place) => {
    const warehouseIndex = (start + place) % seededWarehouses.length;
    return {
      id: seedId('stock', productIndex * 10 + warehouseIndex),
      product_id: seedId('product', productIndex),
      warehouse_id: seedId('warehouse', warehouseIndex),
      ...makeQuantities(isSoldOut, random),
      changed_at: random.date(new Date(seededNow.getTime() - 60 * dayMs), seededNow),
    };
  });
}

function makeQuantities(isSoldOut: boolean, random: SeedRandom) {
  const reserved = random.integer(0, 8);
  if (isSoldOut || random.chance(0.04)) return { on_hand: reserved, reserved };
  // Many shelves hold a few, few shelves hold many.
  return { on_hand: reserved + 1 + Math.floor(random.number() ** 2 * 400), reserved };
}
