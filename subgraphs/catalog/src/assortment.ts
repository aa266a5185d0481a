import { readFileSync } from 'node:fs';
import { z } from 'zod';

const range = z.tuple([z.number().int(), z.number().int()]);

const leafSchema = z.strictObject({
  slug: z.string(),
  name: z.string(),
  nouns: z.array(z.string()).length(4),
  makes: z.array(z.string()).length(4),
  uses: z.array(z.string()).min(1),
  details: z.array(z.string()).min(2),
  /** In cents. */
  priceRange: range,
  variantChoices: z.array(z.string()).min(1),
  /** In grams; with it, the category holds what is sent in parcels. */
  weightRange: range.optional(),
  /** In millimetres. */
  sizeRange: range.optional(),
  /** With it, the category holds what is downloaded. */
  megabytesRange: range.optional(),
});

const branchSchema = z.strictObject({
  slug: z.string(),
  name: z.string(),
  children: z.array(
    z.strictObject({ slug: z.string(), name: z.string(), children: z.array(leafSchema) }),
  ),
});

const assortmentSchema = z.strictObject({
  brands: z.array(z.string()),
  categories: z.array(branchSchema),
});

export type Assortment = z.infer<typeof assortmentSchema>;
export type AssortmentLeaf = z.infer<typeof leafSchema>;

/** Reads the words and ranges that the sample products are made of. */
export function readAssortment(): Assortment {
  const file = new URL('../seeds/assortment.json', import.meta.url);
  return assortmentSchema.parse(JSON.parse(readFileSync(file, 'utf8')));
}

/** The categories that hold products themselves. */
export function leavesOf({ categories }: Assortment): readonly AssortmentLeaf[] {
  return categories.flatMap((root) => root.children.flatMap((branch) => branch.children));
}
