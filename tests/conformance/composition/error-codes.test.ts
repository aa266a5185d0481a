import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { composeServices } from '@apollo/composition';
import { ERRORS } from '@apollo/federation-internals';
import { describe, expect, test } from '@jest/globals';
import { parse, type GraphQLError } from 'graphql';
import { readCases, supergraphYaml, type CompositionCase } from './read-cases.ts';
import { runTrellis } from './run-trellis.ts';

/** Codes of the federation error reference that composing subgraphs never gives, with the reason. */
const notFromComposition: Record<string, string> = {
  UNSUPPORTED_LINKED_FEATURE: 'given by a gateway that loads a supergraph, never by composing one',
  INVALID_FEDERATION_SUPERGRAPH: 'given when a supergraph is loaded that is none',
  DOWNSTREAM_SERVICE_ERROR: 'given at run time when a subgraph fails',
  UNSUPPORTED_FEATURE: 'defined, but nothing in version 2.14.4 gives it',
  MAX_VALIDATION_SUBGRAPH_PATHS_EXCEEDED: 'needs a graph with more than 1,000,000 open paths',
};

interface Edit {
  subgraph: string;
  start: number;
  end: number;
  text: string;
}

interface FoundProblem {
  code: string;
  message: string;
  fix?: { title: string; edits: Edit[] };
}

const cases = readCases();

describe('composition errors', () => {
  test('every code of the reference has a case or a reason', () => {
    const codes = Object.values(ERRORS).map(({ code }) => code);
    const covered = [...cases.map(({ code }) => code), ...Object.keys(notFromComposition)];
    expect(covered.toSorted()).toEqual(codes.toSorted());
  });

  test.each(cases.map((one) => [one.code, one] as const))('%s is reported', async (code, one) => {
    const run = await runTrellis(['supergraph', 'compose', '--config', '-'], one.folder, one.yaml);
    expect(run).toEqual({ exitCode: 1, out: '', err: one.expected });
    expect(one.expected).toContain(` ${code} `);
  });

  test.each(cases.map((one) => [one.code, one] as const))(
    '%s has the code and message that @apollo/composition gives',
    async (_code, one) => {
      const services = [...one.subgraphs].map(([name, sdl]) => ({
        name,
        url: `http://${name}.example`,
        typeDefs: parse(sdl),
      }));
      const found = await problemsOf(one);
      expect(found.map(({ message }) => message)).toEqual(
        errorsOf(services).map(({ message }) => message),
      );
    },
  );

  test.each(cases.map((one) => [one.code, one] as const))(
    'a fix proposed for %s makes it go away',
    async (_code, one) => {
      const before = await problemsOf(one);
      for (const { code, message, fix } of before) {
        if (!fix) continue;
        const after = await problemsOf({ yaml: applyToAll(one, fix.edits), folder: one.folder });
        expect(after).not.toContainEqual(expect.objectContaining({ code, message }));
        expect(before.map((problem) => problem.message)).toEqual(
          expect.arrayContaining(after.map((problem) => problem.message)),
        );
      }
    },
  );

  test('three quarters of the codes have a fix; the others and those without a case are named in the document', () => {
    const text = readFileSync(
      join(import.meta.dirname, '../../../docs/composition-compared.md'),
      'utf8',
    );
    const [fixed, rest] = [true, false].map((isFixed) =>
      cases.filter(({ expected }) => expected.includes('\n  fix ') === isFixed),
    );
    expect((fixed?.length ?? 0) / cases.length).toBeGreaterThanOrEqual(0.75);
    expect(text).toContain(`${fixed?.length} of the ${cases.length} cases`);
    const named = [...(rest ?? []).map(({ code }) => code), ...Object.keys(notFromComposition)];
    for (const code of named) expect(text).toContain(`\`${code}\``);
  });
});

function errorsOf(services: Parameters<typeof composeServices>[0]): readonly GraphQLError[] {
  return composeServices(services).errors ?? [];
}

async function problemsOf({
  yaml,
  folder,
}: Pick<CompositionCase, 'yaml' | 'folder'>): Promise<FoundProblem[]> {
  const args = ['supergraph', 'compose', '--config', '-', '--hints', 'none', '--format', 'json'];
  const run = await runTrellis(args, folder, yaml);
  return (JSON.parse(run.out) as { problems: FoundProblem[] }).problems;
}

/** The subgraphs of a case with edits applied, inline in a supergraph.yaml. */
function applyToAll({ subgraphs }: CompositionCase, edits: Edit[]): string {
  const patched = [...subgraphs].map(([name, sdl]) => {
    const own = new Map(
      edits
        .filter(({ subgraph }) => subgraph === name)
        .map((edit) => [`${edit.start}:${edit.end}:${edit.text}`, edit]),
    );
    const text = [...own.values()]
      .toSorted((a, b) => b.start - a.start)
      .reduce(
        (result, { start, end, text: by }) => result.slice(0, start) + by + result.slice(end),
        sdl,
      );
    return [name, { sdl: text }] as const;
  });
  return supergraphYaml(new Map(patched));
}
