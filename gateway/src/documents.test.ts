import { describe, expect, test } from '@jest/globals';
import { readFileSync } from 'node:fs';
import { errorCatalogue } from './errors.ts';
import { writeSettingsDocument } from './settings-document.ts';

function readDocument(name: string): string {
  return readFileSync(new URL(`../../docs/${name}`, import.meta.url), 'utf8');
}

/** Tables are padded for people; only the words count. */
function squeeze(text: string): string {
  return text
    .replace(/-{3,}/g, '---')
    .replace(/[ \t]+/g, ' ')
    .replace(/\n+/g, '\n')
    .trim();
}

describe('docs/errors.md', () => {
  test('explains exactly the codes of the catalogue, with their status', () => {
    const rows = readDocument('errors.md').matchAll(/^\|\s*`([A-Z_]+)`\s*\|\s*(\d+)\s*\|/gm);
    const documented = Object.fromEntries(
      [...rows].map(([, code, status]) => [code, Number(status)]),
    );
    const catalogued = Object.entries(errorCatalogue).map(([code, { status }]) => [code, status]);
    expect(documented).toEqual(Object.fromEntries(catalogued));
  });
});

describe('docs/settings.md', () => {
  test('is what the schema of the settings says', () => {
    expect(squeeze(readDocument('settings.md'))).toBe(squeeze(writeSettingsDocument()));
  });
});
