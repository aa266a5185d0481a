#!/usr/bin/env node
// Makes an API key: prints it once, with the entry for the file that `authentication.apiKeys.file` names.
import { createHash, randomBytes } from 'node:crypto';

const [name, ...roles] = process.argv.slice(2);
if (!name || name.startsWith('-')) {
  console.error('Usage: npm run api-key -w @trellis/gateway -- <name> [ROLE ...]');
  process.exitCode = name === '--help' ? 0 : 1;
} else {
  const prefix = `trl_${randomBytes(4).toString('hex')}`;
  const key = `${prefix}_${randomBytes(32).toString('base64url')}`;
  const sha256 = createHash('sha256').update(key).digest('hex');
  console.log(`Key, shown only now:\n\n  ${key}\n\nEntry for the file of API keys:\n`);
  console.log(JSON.stringify({ name, prefix, sha256, roles, scopes: [] }, undefined, 2));
}
