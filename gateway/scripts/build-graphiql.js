#!/usr/bin/env node
// Bundles GraphiQL with its editor and workers into dist/graphiql, so that it works without any other address.
// Does nothing when the bundle is newer than everything it is made of; --force builds all the same.
import { cp, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const require = createRequire(import.meta.url);
const source = new URL('../graphiql/', import.meta.url);
const output = new URL('../dist/graphiql/', import.meta.url);
const stampFile = new URL('.made-of', output);
const packages = [
  'graphiql',
  'monaco-editor',
  'monaco-graphql',
  'openid-client',
  'react',
  'react-dom',
  'esbuild',
];

const stamp = await readStamp();
const last = await readFile(stampFile, 'utf8').catch(() => '');
if (stamp !== last || process.argv.includes('--force')) {
  await bundle();
  await writeFile(stampFile, stamp);
}

/** Versions of the packages and our own sources: equal stamps mean equal bundles. */
async function readStamp() {
  const versions = packages.map((name) => {
    const { version } = require(`${name}/package.json`);
    return `${name} ${version}`;
  });
  const files = ['page.js', 'session.js', 'index.html'].map((name) => `../graphiql/${name}`);
  const own = [...files, './build-graphiql.js'].map((file) =>
    readFile(new URL(file, import.meta.url), 'utf8'),
  );
  return [...versions, ...(await Promise.all(own))].join('\n');
}

async function bundle() {
  await rm(output, { recursive: true, force: true });
  await mkdir(output, { recursive: true });
  const options = {
    outdir: fileURLToPath(output),
    absWorkingDir: fileURLToPath(new URL('..', import.meta.url)),
    bundle: true,
    minify: true,
    target: 'es2022',
    define: { 'process.env.NODE_ENV': '"production"' },
    loader: { '.ttf': 'file', '.woff2': 'file', '.woff': 'file' },
    assetNames: '[name]-[hash]',
    legalComments: 'none',
    logLevel: 'warning',
  };
  await build({
    ...options,
    entryPoints: { page: fileURLToPath(new URL('page.js', source)) },
    format: 'esm',
  });
  await build({
    ...options,
    entryPoints: {
      'editor.worker': 'monaco-editor/esm/vs/editor/editor.worker.js',
      'json.worker': 'monaco-editor/esm/vs/language/json/json.worker.js',
      'graphql.worker': 'monaco-graphql/esm/graphql.worker.js',
    },
    // Workers are loaded as classic scripts.
    format: 'iife',
  });
  await cp(new URL('index.html', source), new URL('index.html', output));
}
