import { z } from 'zod';

/** Settings of the part `authorization`. */
export const authorizationOptions = z
  .strictObject({
    permissions: z
      .string()
      .min(1)
      .optional()
      .describe(
        'Module with the rules: docs/authorization.md. JavaScript or TypeScript. A path, from the folder of gateway.yaml. Without one only the access directives of the supergraph hold.',
      ),
  })
  .prefault({});
