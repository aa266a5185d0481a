#!/usr/bin/env node
// Committed as JavaScript so that npm can link the command before anything is built.
await import('../dist/database/migrate-command.js');
