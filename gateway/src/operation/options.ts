import { z } from 'zod';

function limit(value: number, description: string, least = 1): z.ZodDefault<z.ZodInt> {
  return z.int().min(least).default(value).describe(description);
}

const cost = z
  .strictObject({
    isEnabled: z
      .boolean()
      .default(true)
      .describe(
        'Whether the cost of operations is counted, by `@cost` and `@listSize` of the supergraph (docs/security.md).',
      ),
    maxCost: z
      .int()
      .min(1)
      .default(1_000_000)
      .describe(
        'Most an operation may cost by its estimate. Dearer ones are refused before planning.',
      ),
    defaultListSize: z
      .int()
      .min(0)
      .default(10)
      .describe('Items a list is taken to have where neither `@listSize` nor an argument says so.'),
    mutationCost: z.int().min(0).default(10).describe('What a mutation costs beside its fields.'),
    pageArguments: z
      .array(z.string())
      .default(['first', 'last', 'limit'])
      .describe(
        'Arguments that say how many items a list without `@listSize` returns. On a field that returns a page, they count for its `edges`, `nodes` and `items`.',
      ),
    header: z
      .enum(['none', 'estimated', 'actual'])
      .default('none')
      .describe(
        'Whether answers carry `x-operation-cost: estimated=…`, and with `actual` what the answer really held. `actual` reads each answer once more.',
      ),
  })
  .prefault({});

const cacheHints = z
  .strictObject({
    isEnabled: z
      .boolean()
      .default(true)
      .describe(
        'Whether `@cacheControl` of the supergraph counts for the Cache-Control header of answers, beside the headers of subgraphs (docs/security.md).',
      ),
    defaultMaxAgeSeconds: z
      .int()
      .min(0)
      .default(0)
      .describe(
        'How long root fields and fields that return objects may be kept where neither `@cacheControl` nor the header of a subgraph says so.',
      ),
  })
  .prefault({});

const persistedQueries = z
  .strictObject({
    isEnabled: z
      .boolean()
      .default(true)
      .describe(
        'Whether clients may register documents under their SHA-256 and then send the hash alone (automatic persisted queries). Not a protection: see `safelist`.',
      ),
    maxCacheBytes: z
      .int()
      .min(1_000)
      .default(8 * 1024 * 1024)
      .describe('Memory for registered texts, in bytes. The least recently used leave first.'),
  })
  .prefault({});

const safelistMode = z.enum(['off', 'audit', 'enforce']);

const safelist = z
  .strictObject({
    mode: safelistMode
      .default('off')
      .describe(
        'Whether only documents of the manifest are run: `enforce` refuses others, `audit` logs and counts what would be refused. With `off` its ids can be used all the same.',
      ),
    manifest: z
      .string()
      .min(1)
      .optional()
      .describe(
        "File (from the folder of gateway.yaml) or http(s) address of the manifest: Apollo's persisted query manifest, or an object of hash and document.",
      ),
    headers: z
      .record(z.string(), z.string())
      .default({})
      .describe('Headers to fetch the manifest with, such as an authorization.'),
    pollIntervalMs: z
      .int()
      .min(100)
      .default(30_000)
      .describe('How often a newer manifest is looked for. The last good one is kept.'),
    lastGoodFile: z
      .string()
      .min(1)
      .optional()
      .describe(
        'Where the last good manifest is kept. A start finds it there when the manifest cannot be read or is none. Not set: such a start fails.',
      ),
    requireId: z
      .boolean()
      .default(false)
      .describe('Whether documents must be named by their id, even when their text is known.'),
    clients: z
      .array(
        z.strictObject({
          name: z.string(),
          version: z.string().optional(),
          mode: safelistMode,
        }),
      )
      .default([])
      .describe(
        'Another `mode` by client `name` and `version` (`2.*` for all that begin so), as their headers claim. The first that fits decides.',
      ),
  })
  .refine(
    ({ manifest, mode, clients }) =>
      manifest !== undefined || (mode === 'off' && clients.every((each) => each.mode === 'off')),
    { error: 'a mode other than off needs a manifest' },
  )
  .prefault({});

/** Settings of the part `operation`: from the text of an operation to one that can be planned. */
export const operationOptions = z
  .strictObject({
    maxTokens: z
      .int()
      .min(100)
      .default(10_000)
      .describe('Most lexical tokens a document may have. Larger ones are refused while parsing.'),
    maxDepth: limit(
      16,
      'Most fields within fields. All these limits count fragments in their places.',
    ),
    maxHeight: limit(1_000, 'Most different fields an operation may ask for.'),
    maxAliases: limit(50, 'Most aliases.', 0),
    maxRootFields: limit(30, 'Most fields at the root of an operation.'),
    maxDirectives: limit(50, 'Most directives.', 0),
    maxSelections: limit(
      5_000,
      'Most fields, inline fragments and fragment spreads, in all operations of a document together.',
    ),
    maxComparisons: limit(
      100_000,
      'Most comparisons of fields with the same response name at one place: asking for one field 300 times takes some 90,000.',
    ),
    maxInputValues: limit(
      150_000,
      'Most values in the variables of an operation: each list and object counts 4, and an input object 1 for each field of its type, given or not.',
    ),
    cost,
    cacheHints,
    persistedQueries,
    safelist,
    maxCacheBytes: z
      .int()
      .min(0)
      .default(12 * 1024 * 1024)
      .describe(
        'Memory for parsed and validated operations, in bytes (estimated from their text). The least recently used leave first.',
      ),
    introspection: z
      .boolean()
      .optional()
      .describe(
        'Whether `__schema` and `__type` are answered. Default: yes, but not in production.',
      ),
    suggestions: z
      .boolean()
      .optional()
      .describe('Whether errors say "Did you mean …?". Default: yes, but not in production.'),
  })
  .prefault({});
