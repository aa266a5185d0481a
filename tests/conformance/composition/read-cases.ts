import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** One case: subgraph schemas that must fail with the code the folder is named by. */
export interface CompositionCase {
  code: string;
  folder: string;
  /** Subgraph name to SDL. */
  subgraphs: Map<string, string>;
  /** A supergraph.yaml that names them, relative to the folder. */
  yaml: string;
  /** The report in text. */
  expected: string;
}

const casesFolder = join(import.meta.dirname, 'cases');

/** All cases, by code. */
export function readCases(): CompositionCase[] {
  return readdirSync(casesFolder).map((code) => {
    const folder = join(casesFolder, code);
    const names = readdirSync(join(folder, 'subgraphs')).map((file) =>
      file.replace('.graphql', ''),
    );
    const file = (name: string): string => join('subgraphs', `${name}.graphql`);
    return {
      code,
      folder,
      subgraphs: new Map(
        names.map((name) => [name, readFileSync(join(folder, file(name)), 'utf8')]),
      ),
      yaml: supergraphYaml(new Map(names.map((name) => [name, { file: `./${file(name)}` }]))),
      expected: readFileSync(join(folder, 'expected.txt'), 'utf8'),
    };
  });
}

/** A supergraph.yaml (in JSON, which is YAML) for the given schema sources. */
export function supergraphYaml(sources: Map<string, { file: string } | { sdl: string }>): string {
  const subgraphs = [...sources].map(([name, schema]) => {
    return [name, { routing_url: `http://${name}.example`, schema }] as const;
  });
  return JSON.stringify({ subgraphs: Object.fromEntries(subgraphs) });
}
