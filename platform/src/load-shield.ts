import { createRequire } from 'node:module';
import type * as Shield from 'graphql-shield';

const require = createRequire(import.meta.url);

/** Loads graphql-shield when there is a rule: it takes 16 MB, and a graph without rules needs none of it. */
export function loadShield(): typeof Shield {
  // graphql-shield's ES build imports `isUndefined` of node:util, which Node 23 removed, and its CommonJS build
  // reads it when a rule runs. So the CommonJS build is loaded, after the missing function is back.
  const util = require('node:util') as { isUndefined?: (value: unknown) => boolean };
  util.isUndefined = (value) => value === undefined;
  return require('graphql-shield') as typeof Shield;
}
