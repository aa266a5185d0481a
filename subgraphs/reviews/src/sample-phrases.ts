import { readFileSync } from 'node:fs';
import { z } from 'zod';

const sentences = z.array(z.string()).min(2);

const phrasesSchema = z.strictObject({
  titles: sentences,
  openings: sentences,
  details: sentences,
  endings: sentences,
});

const moodsSchema = z.strictObject({
  good: phrasesSchema,
  middling: phrasesSchema,
  bad: phrasesSchema,
});

export type Phrases = z.infer<typeof phrasesSchema>;
export type PhrasesByMood = z.infer<typeof moodsSchema>;

/** Reads the sentences that sample reviews are made of. */
export function readSamplePhrases(): PhrasesByMood {
  const file = new URL('../seeds/phrases.json', import.meta.url);
  return moodsSchema.parse(JSON.parse(readFileSync(file, 'utf8')));
}
