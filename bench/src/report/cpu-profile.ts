/** The parts of a V8 CPU profile that are read here. */
export interface CpuProfile {
  readonly nodes: readonly ProfileNode[];
  /** Node ids, one per sample. */
  readonly samples?: readonly number[];
  /** Microseconds before each sample. */
  readonly timeDeltas?: readonly number[];
}

interface ProfileNode {
  readonly id: number;
  readonly callFrame: {
    readonly functionName: string;
    readonly url: string;
    readonly lineNumber: number;
  };
  readonly children?: readonly number[];
}

/** A function in its place in the call tree. */
export interface Frame {
  readonly name: string;
  /** What kind of code this is; decides the colour. */
  readonly kind: 'gateway' | 'dependency' | 'node' | 'native';
  selfMicroseconds: number;
  totalMicroseconds: number;
  readonly children: Frame[];
}

/** Time the process slept is no work: it is left out of every share. */
const notWork = new Set(['(idle)', '(program)']);

/** Turns a profile into a tree of times. Siblings with one name become one frame. */
export function readCallTree(profile: CpuProfile): Frame {
  const own = selfTimes(profile);
  const byId = new Map(profile.nodes.map((node) => [node.id, node]));
  const build = (nodes: readonly ProfileNode[]): Frame[] => {
    const frames = new Map<string, { frame: Frame; nodes: ProfileNode[] }>();
    for (const node of nodes) {
      if (notWork.has(node.callFrame.functionName)) continue;
      const name = nameOf(node);
      const entry = frames.get(name) ?? { frame: emptyFrame(name, node), nodes: [] };
      entry.frame.selfMicroseconds += own.get(node.id) ?? 0;
      entry.nodes.push(node);
      frames.set(name, entry);
    }
    return [...frames.values()].map(({ frame, nodes: same }) => {
      const children = same.flatMap((node) => node.children ?? []).map((id) => byId.get(id));
      frame.children.push(...build(children.filter((child) => child !== undefined)));
      frame.totalMicroseconds =
        frame.selfMicroseconds + sum(frame.children.map((child) => child.totalMicroseconds));
      return frame;
    });
  };
  const [root] = build(profile.nodes.slice(0, 1));
  if (root === undefined) throw new Error('The profile is empty.');
  return root;
}

/** Each function's own time, wherever it was called from, most expensive first. */
export function functionsBySelfTime(root: Frame): { name: string; share: number }[] {
  const times = new Map<string, number>();
  const visit = (frame: Frame): void => {
    times.set(frame.name, (times.get(frame.name) ?? 0) + frame.selfMicroseconds);
    frame.children.forEach(visit);
  };
  visit(root);
  return [...times]
    .map(([name, time]) => ({ name, share: time / root.totalMicroseconds }))
    .toSorted((left, right) => right.share - left.share);
}

function selfTimes({ samples = [], timeDeltas = [] }: CpuProfile): Map<number, number> {
  const times = new Map<number, number>();
  for (const [index, id] of samples.entries()) {
    times.set(id, (times.get(id) ?? 0) + (timeDeltas[index] ?? 0));
  }
  return times;
}

function emptyFrame(name: string, { callFrame }: ProfileNode): Frame {
  return {
    name,
    kind: kindOf(callFrame.url),
    selfMicroseconds: 0,
    totalMicroseconds: 0,
    children: [],
  };
}

function kindOf(url: string): Frame['kind'] {
  if (url.startsWith('node:')) return 'node';
  if (url === '' || url.startsWith('wasm:')) return 'native';
  return url.includes('/node_modules/') ? 'dependency' : 'gateway';
}

/** Such as `parseJson (transport/parse-json.js:8)`. */
function nameOf({ callFrame }: ProfileNode): string {
  const { functionName, url, lineNumber } = callFrame;
  const name = functionName === '' ? '(anonymous)' : functionName;
  if (url === '') return name;
  const place = url.replace(/^.*\/node_modules\//, '').replace(/^.*\/dist\//, '');
  return `${name} (${place}:${lineNumber + 1})`;
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
