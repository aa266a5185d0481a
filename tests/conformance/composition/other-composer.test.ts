import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { composeServices } from '@theguild/federation-composition';
import { describe, expect, test } from '@jest/globals';
import { parse } from 'graphql';
import { readCases, type CompositionCase } from './read-cases.ts';
import { runTrellis } from './run-trellis.ts';

/**
 * Where @theguild/federation-composition 0.27.0 gives other codes than @apollo/composition 2.14.4, and why we keep
 * Apollo's answer: the planner we run is Apollo's, so what its composition accepts is what works.
 */
const disagreements: Record<string, { codes: string[]; reason: string }> = {
  DIRECTIVE_DEFINITION_INVALID: {
    codes: [],
    reason: 'does not compare a federation directive that a subgraph defines itself',
  },
  DISALLOWED_INACCESSIBLE: {
    codes: [],
    reason: 'does not look for @inaccessible on arguments of directives',
  },
  EXTERNAL_ARGUMENT_DEFAULT_MISMATCH: {
    codes: ['FIELD_ARGUMENT_DEFAULT_MISMATCH'],
    reason: 'reports the mismatch of the argument, not that the field is @external',
  },
  EXTERNAL_ARGUMENT_TYPE_MISMATCH: {
    codes: ['FIELD_ARGUMENT_TYPE_MISMATCH'],
    reason: 'reports the mismatch of the argument, not that the field is @external',
  },
  EXTERNAL_COLLISION_WITH_ANOTHER_DIRECTIVE: {
    codes: ['EXTERNAL_UNUSED'],
    reason: 'sees the @external but not its collision with @provides',
  },
  EXTERNAL_ON_INTERFACE: { codes: [], reason: 'accepts @external on fields of interfaces' },
  EXTERNAL_TYPE_MISMATCH: {
    codes: ['EXTERNAL_TYPE_MISMATCH', 'FIELD_TYPE_MISMATCH'],
    reason: 'reports the same mismatch twice',
  },
  INTERFACE_KEY_MISSING_IMPLEMENTATION_TYPE: {
    codes: [],
    reason: 'accepts an interface entity in a subgraph that lacks one of its implementations',
  },
  KEY_DIRECTIVE_IN_FIELDS_ARG: {
    codes: ['KEY_INVALID_FIELDS'],
    reason: 'calls the directive unknown',
  },
  LINK_IMPORT_NAME_MISMATCH: {
    codes: [],
    reason: 'accepts different names for one imported directive',
  },
  LIST_SIZE_APPLIED_TO_NON_LIST: {
    codes: ['LIST_SIZE_INVALID_SIZED_FIELD'],
    reason: 'proposes sizedFields under the code for those',
  },
  OVERRIDE_SOURCE_HAS_OVERRIDE: { codes: [], reason: 'accepts a chain of overrides' },
  PROVIDES_DIRECTIVE_IN_FIELDS_ARG: {
    codes: ['PROVIDES_INVALID_FIELDS'],
    reason: 'calls the directive unknown',
  },
  REQUIRES_DIRECTIVE_IN_FIELDS_ARG: {
    codes: ['REQUIRES_INVALID_FIELDS'],
    reason: 'calls the directive unknown',
  },
  REQUIRES_UNSUPPORTED_ON_INTERFACE: {
    codes: ['REQUIRES_UNSUPPORTED_ON_INTERFACE'],
    reason: 'stops at the refused @requires and does not check its fields',
  },
  SHAREABLE_HAS_MISMATCHED_RUNTIME_TYPES: {
    codes: [],
    reason: 'does not compare the possible types of shared fields',
  },
  TYPE_WITH_ONLY_UNUSED_EXTERNAL: {
    codes: ['SATISFIABILITY_ERROR'],
    reason: 'keeps the type of a Federation 1 schema and finds that its field cannot be answered',
  },
};

const cases = readCases();

describe('another composer', () => {
  test.each(cases.map((one) => [one.code, one] as const))(
    '%s: agrees, or differs as listed',
    async (code, one) => {
      const ours = await ourCodes(one);
      const theirs = theirCodes(one);
      const listed = disagreements[code];
      if (!listed) {
        expect(theirs).toEqual(ours);
        return;
      }
      expect(theirs).toEqual(listed.codes);
      expect(theirs).not.toEqual(ours);
    },
  );

  test('every listed disagreement stands in docs/composition-compared.md with its reason', () => {
    const text = readFileSync(
      join(import.meta.dirname, '../../../docs/composition-compared.md'),
      'utf8',
    );
    for (const [code, { codes, reason }] of Object.entries(disagreements)) {
      const row = text.split('\n').find((line) => line.startsWith(`| \`${code}\` `)) ?? '';
      for (const part of [...codes, reason])
        expect({ code, row }).toEqual({ code, row: expect.stringContaining(part) });
    }
  });

  test('every listed disagreement belongs to a case', () => {
    const codes = cases.map(({ code }) => code);
    expect(codes).toEqual(expect.arrayContaining(Object.keys(disagreements)));
  });
});

async function ourCodes({ yaml, folder }: CompositionCase): Promise<string[]> {
  const run = await runTrellis(
    ['supergraph', 'compose', '--config', '-', '--format', 'json'],
    folder,
    yaml,
  );
  const { problems } = JSON.parse(run.out) as { problems: { code: string }[] };
  return sortedSet(problems.map(({ code }) => code));
}

/** It knows federation up to v2.9, which is all the cases need. */
function theirCodes({ subgraphs }: CompositionCase): string[] {
  const result = composeServices(
    [...subgraphs].map(([name, sdl]) => ({
      name,
      url: `http://${name}.example`,
      typeDefs: parse(sdl.replaceAll('federation/v2.14', 'federation/v2.9')),
    })),
  );
  return sortedSet((result.errors ?? []).map(({ extensions }) => String(extensions['code'])));
}

function sortedSet(codes: string[]): string[] {
  return [...new Set(codes)].toSorted();
}
