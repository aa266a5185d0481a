#!/usr/bin/env node
// Prints a token of a user of the shop, for a gateway with `authentication.developmentTokens: true`.
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { makeWireKey, readWireKeys } from '@trellis/platform/wire-keys';
import { signDevelopmentToken } from '../dist/authentication/development-tokens.js';

const help = `Usage: npm run -s token -- <username | user id> [--role ROLE] [--scope SCOPE] [--url http://127.0.0.1:4000/graphql]

Looks the user up in the running shop and prints a token with its id, role and region. Use it like this:

  curl http://127.0.0.1:4000/graphql -H "authorization: Bearer $(npm run -s token -- USERNAME)" -H 'content-type: application/json' -d '{"query":"{ me { name email } }"}'
`;

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    url: { type: 'string', default: 'http://127.0.0.1:4000/graphql' },
    role: { type: 'string', multiple: true, default: [] },
    scope: { type: 'string', multiple: true, default: [] },
    help: { type: 'boolean', short: 'h' },
  },
});
const [name] = positionals;
if (values.help || name === undefined) {
  process.stdout.write(help);
  process.exitCode = values.help ? 0 : 2;
} else {
  try {
    process.stdout.write(`${await makeToken(name)}\n`);
  } catch (error) {
    process.stderr.write(`${error.message}\n`);
    process.exitCode = 1;
  }
}

async function makeToken(wanted) {
  const user = await findUser(wanted);
  return signDevelopmentToken(readKey(), {
    subject: user.id,
    roles: values.role.length > 0 ? values.role : [user.role],
    scopes: values.scope,
    region: user.region,
  });
}

async function findUser(wanted) {
  const query = `query ($name: String!, $id: ID!) {
    byName: userByUsername(username: $name) { id role region }
    byId: user(id: $id) { id role region }
  }`;
  let answer;
  try {
    const response = await fetch(values.url, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ query, variables: { name: wanted, id: wanted } }),
    });
    answer = await response.json();
  } catch (error) {
    throw new Error(`No gateway answers at ${values.url}: start it with npm start.`, {
      cause: error,
    });
  }
  const user = answer.data?.byName ?? answer.data?.byId;
  if (!user) throw new Error(`There is no user "${wanted}".`);
  return user;
}

function readKey() {
  const [key] = readWireKeys();
  if (key) return key;
  const root = dirname(dirname(dirname(fileURLToPath(import.meta.url))));
  const file = join(process.env.TRELLIS_HOME ?? join(root, '.trellis'), 'wire-secret');
  if (!existsSync(file)) throw new Error(`${file} is missing: start the platform with npm start.`);
  return makeWireKey(readFileSync(file, 'utf8').trim());
}
