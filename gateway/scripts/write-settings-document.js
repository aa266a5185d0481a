#!/usr/bin/env node
// Writes docs/settings.md from the schema of gateway.yaml. Run `npm run build` first.
import { writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { format } from 'prettier';
import { writeSettingsDocument } from '../dist/settings-document.js';

const file = fileURLToPath(new URL('../../docs/settings.md', import.meta.url));
await writeFile(file, await format(writeSettingsDocument(), { parser: 'markdown' }));
