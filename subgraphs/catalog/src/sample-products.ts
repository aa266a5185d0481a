import { createSeedRandom, type SeedRandom } from '@trellis/kit/seed-random';
import { seedId } from '@trellis/kit/seed-id';
import {
  seededCounts,
  seededCurrency,
  seededProduct,
  type SeededProduct,
} from '@trellis/kit/seeded-shop';
import { leavesOf, type Assortment, type AssortmentLeaf } from './assortment.ts';

export interface SampleProducts {
  readonly categories: readonly SampleCategory[];
  readonly products: readonly SampleProduct[];
  readonly variants: readonly SampleVariant[];
}

type SampleCategory = ReturnType<typeof makeCategory>;
type SampleProduct = ReturnType<typeof makeProduct>;
type SampleVariant = ReturnType<typeof makeVariants>[number];

/** Makes the rows of all tables of this service: the same ones every time. */
export function makeSampleProducts(assortment: Assortment): SampleProducts {
  const categories = makeCategories(assortment);
  const idBySlug = new Map(categories.map((category) => [category.slug, category.id]));
  const productsByLeaf = new Map(leavesOf(assortment).map((leaf) => [leaf, 0]));
  const products: SampleProduct[] = [];
  const variants: SampleVariant[] = [];
  for (let index = 0; index < seededCounts.products; index += 1) {
    const random = createSeedRandom(`catalog product ${index}`);
    const facts = seededProduct(index);
    const leaf = findLeaf(productsByLeaf, facts);
    const place = productsByLeaf.get(leaf) ?? 0;
    productsByLeaf.set(leaf, place + 1);
    const name = nameProduct(leaf, place, assortment.brands);
    products.push(
      makeProduct({ facts, leaf, name, random, categoryId: idBySlug.get(leaf.slug) ?? '' }),
    );
    variants.push(...makeVariants({ index, facts, leaf, random }));
  }
  return { categories, products, variants };
}

/** Numbers the tree from the root down, each branch before the next. */
function makeCategories({ categories }: Assortment) {
  const rows: SampleCategory[] = [];
  const add = (named: Named, position: number, parentId: string | null): string => {
    const row = makeCategory(rows.length, named, { position, parentId });
    rows.push(row);
    return row.id;
  };
  categories.forEach((root, rootPosition) => {
    const rootId = add(root, rootPosition, null);
    root.children.forEach((branch, branchPosition) => {
      const branchId = add(branch, branchPosition, rootId);
      branch.children.forEach((leaf, leafPosition) => add(leaf, leafPosition, branchId));
    });
  });
  return rows;
}

interface Named {
  readonly slug: string;
  readonly name: string;
}

function makeCategory(
  index: number,
  { slug, name }: Named,
  place: { readonly position: number; readonly parentId: string | null },
) {
  return {
    id: seedId('category', index),
    slug,
    name,
    parent_id: place.parentId,
    position: place.position,
  };
}

/** How far off price and weight may be together, so that no category stays empty: by a fifth. */
const tolerance = Math.log(1.2);

/**
 * Price and weight of a product are facts of the shop: what it is follows from them, not the other way round.
 * Of the categories that fit, the emptiest one gets it.
 */
function findLeaf(
  productsByLeaf: ReadonlyMap<AssortmentLeaf, number>,
  { kind, priceAmount, weightGrams }: SeededProduct,
): AssortmentLeaf {
  const candidates = [...productsByLeaf]
    .filter(([leaf]) => (kind === 'DIGITAL') === (leaf.megabytesRange !== undefined))
    .map(([leaf, count]) => {
      const byPrice = distanceTo(priceAmount, leaf.priceRange);
      const byWeight = leaf.weightRange ? distanceTo(weightGrams ?? 0, leaf.weightRange) : 0;
      return { leaf, count, distance: Math.max(tolerance, byPrice + byWeight) };
    })
    .toSorted((left, right) => left.distance - right.distance || left.count - right.count);
  const [best] = candidates;
  if (!best) throw new Error(`the assortment has no category for what is ${kind.toLowerCase()}`);
  return best.leaf;
}

/** 0 within the range; outside, by how many times it is missed. */
function distanceTo(value: number, [least, most]: readonly [number, number]): number {
  return Math.max(0, Math.log(least / value), Math.log(value / most));
}

/** No two products of a category share a name: 4 nouns × 4 makes × as many brands as there are. */
function nameProduct(leaf: AssortmentLeaf, place: number, brands: readonly string[]) {
  const noun = leaf.nouns[place % 4] ?? '';
  const make = leaf.makes[Math.floor(place / 4) % 4] ?? '';
  // Every sixteenth product has the same noun and make, and is 53 brands on: no factor of their number.
  const brand = brands[(Math.floor(place / 16) * 5 + place * 3 + leaf.slug.length) % brands.length];
  return { noun, make, full: `${brand} ${make} ${noun}` };
}

interface ProductParts {
  readonly facts: SeededProduct;
  readonly leaf: AssortmentLeaf;
  readonly name: ReturnType<typeof nameProduct>;
  readonly random: SeedRandom;
  readonly categoryId: string;
}

function makeProduct({ facts, leaf, name, random, categoryId }: ProductParts) {
  const isDigital = facts.kind === 'DIGITAL';
  const [leastSize, mostSize] = leaf.sizeRange ?? [0, 0];
  const [leastMegabytes, mostMegabytes] = leaf.megabytesRange ?? [0, 0];
  const size = () => (isDigital ? null : random.integer(leastSize, mostSize));
  return {
    id: facts.id,
    sku: facts.sku,
    kind: facts.kind,
    name: name.full,
    description: describeProduct(leaf, name, random),
    price_amount: facts.priceAmount,
    price_currency: seededCurrency,
    category_id: categoryId,
    added_at: facts.addedAt,
    weight_grams: facts.weightGrams,
    width_millimetres: size(),
    height_millimetres: size(),
    depth_millimetres: size(),
    download_url: isDigital ? `https://downloads.example.com/${facts.sku.toLowerCase()}` : null,
    download_megabytes: isDigital ? random.integer(leastMegabytes, mostMegabytes) : null,
  };
}

function describeProduct(
  leaf: AssortmentLeaf,
  { noun, make }: ReturnType<typeof nameProduct>,
  random: SeedRandom,
): string {
  const first = random.pick(leaf.details);
  const second = random.pick(leaf.details.filter((detail) => detail !== first));
  const opening = `${make} ${noun.toLowerCase()} for ${random.pick(leaf.uses)}.`;
  return random.chance(0.6) ? `${opening} ${first} ${second}` : `${opening} ${first}`;
}

/** One to five, each adding a little to the price; the first one never does. */
function makeVariants(parts: {
  readonly index: number;
  readonly facts: SeededProduct;
  readonly leaf: AssortmentLeaf;
  readonly random: SeedRandom;
}) {
  const { index, facts, leaf, random } = parts;
  const count = random.integer(1, leaf.variantChoices.length);
  return leaf.variantChoices.slice(0, count).map((name, position) => ({
    id: seedId('variant', index * 10 + position),
    product_id: facts.id,
    code: name
      .toLowerCase()
      .replaceAll("'", '')
      .replaceAll(/[^a-z0-9]+/g, '-'),
    name,
    position,
    surcharge_amount: position === 0 ? 0 : Math.round((facts.priceAmount * position) / 2_000) * 100,
  }));
}
