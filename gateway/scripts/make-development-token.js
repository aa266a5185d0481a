#!/usr/bin/env node
// Prints a token for trying things out, for a gateway with `authentication.developmentTokens: true`.
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { makeWireKey, readWireKeys } from '@trellis/platform/wire-keys';
import { signDevelopmentToken } from '../dist/authentication/development-tokens.js';
import { askClientToken, signInForToken } from './provider-tokens.js';

const help = `Prints a token for the gateway that npm start runs.

  npm run -s token -- <username | user id>      made from the wire secret; looks the user up in the running shop
      [--role ROLE] [--scope SCOPE]             what the token says in place of the user's own role
      [--url http://127.0.0.1:4000/graphql]     where the shop is
  npm run -s token -- --sign-in [--scope SCOPE] asks the identity provider: prints an address to open in a browser
  npm run -s token -- --client trellis-service [--scope SCOPE]
                                                asks the identity provider as a program (client credentials)

Use it like this:

  curl http://127.0.0.1:4000/graphql -H "authorization: Bearer $(npm run -s token -- USERNAME)" -H 'content-type: application/json' -d '{"query":"{ me { name email } }"}'
`;

const { values, positionals } = readArguments();
const [name] = positionals;
const home =
  process.env.TRELLIS_HOME ??
  join(dirname(dirname(dirname(fileURLToPath(import.meta.url)))), '.trellis');
const ways = [name, values['sign-in'], values.client].filter((way) => way !== undefined);
if (values.help || ways.length !== 1) {
  process.stdout.write(help);
  process.exitCode = values.help ? 0 : 2;
} else {
  try {
    process.stdout.write(`${await makeToken()}\n`);
  } catch (error) {
    process.stderr.write(`${error.message}\n`);
    process.exitCode = 1;
  }
}

function readArguments() {
  try {
    return parseArgs({
      allowPositionals: true,
      options: {
        url: { type: 'string', default: 'http://127.0.0.1:4000/graphql' },
        role: { type: 'string', multiple: true, default: [] },
        scope: { type: 'string', multiple: true, default: [] },
        'sign-in': { type: 'boolean' },
        client: { type: 'string' },
        help: { type: 'boolean', short: 'h' },
      },
    });
  } catch (error) {
    process.stderr.write(`${error.message}\n\n${help}`);
    process.exit(2);
  }
}

function makeToken() {
  if (values.client !== undefined) return askClientToken(home, values.client, values.scope);
  if (!values['sign-in']) return signForUser(name);
  // Standard output is the token's alone.
  const show = (address) =>
    process.stderr.write(`Open this address and sign in:\n\n  ${address}\n\n`);
  return signInForToken(home, values.scope, show);
}

async function signForUser(wanted) {
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
  if (!user) {
    throw new Error(
      `The shop at ${values.url} has no user "${wanted}". --url names another shop, such as one on free ports.`,
    );
  }
  return user;
}

function readKey() {
  const [key] = readWireKeys();
  if (key) return key;
  const file = join(home, 'wire-secret');
  if (!existsSync(file)) throw new Error(`${file} is missing: start the platform with npm start.`);
  return makeWireKey(readFileSync(file, 'utf8').trim());
}
