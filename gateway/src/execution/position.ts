import type { EntityNeeds } from '../planning/entity-needs.ts';
import type { FetchStep } from '../planning/plan.ts';
import { shapeOf, type Shape, type ShapeField } from '../planning/shape.ts';
import { findSeparateSteps } from './separate-places.ts';
import type { TypeRelations } from './type-relations.ts';

/** Where a field may be read: from the object that stands at the position, or from what a step fetched for it. */
export interface Source {
  /** The step, or `atPlace` for the object itself. */
  readonly step: number;
  readonly dataName: string;
  readonly shape: Shape | undefined;
}

/** A step that fetches for the objects at a position. */
export interface StepHere {
  readonly id: number;
  readonly step: FetchStep;
  readonly shape: Shape;
}

/** A `Source.step` that means the object at the position itself. */
export const atPlace = -1;

/**
 * A place in the merged data, the same for all objects of all lists there: `users.reviews.product`.
 * Data is never merged at run time. An object stays as its subgraph sent it, what later steps fetch for it stays
 * beside it, and whoever reads a field knows from here where to look.
 */
export class Position {
  readonly id: number;
  readonly parent: Position | undefined;
  /** Internal response name under the parent; empty for the root. */
  readonly key: string;
  /** Steps that fetch for the objects here, in plan order. */
  readonly steps: readonly StepHere[];
  /**
   * The guard points of the fields that alone need what stands here (compile-guards.ts). Where an object may show none
   * of them, what it leads to is not there for anybody.
   */
  guards: readonly number[] | undefined = undefined;
  /** The guard point of the field that leads here, where others need it too: it is collected, but not for the client. */
  clientGuard: number | undefined = undefined;
  readonly #base: Shape;
  #fieldsByName: Map<string, ShapeField[]> | undefined;
  readonly #tree: PositionTree;
  readonly #children = new Map<string, Position>();
  readonly #sources = new Map<string, readonly Source[]>();

  constructor(tree: PositionTree, at: { id: number; parent?: Position; key: string; base: Shape }) {
    this.id = at.id;
    this.parent = at.parent;
    this.key = at.key;
    this.#base = at.base;
    this.#tree = tree;
    this.steps = tree.stepsAt(this.path());
  }

  path(): readonly string[] {
    return this.parent ? [...this.parent.path(), this.key] : [];
  }

  /** Sources of a field, earlier steps first. Without a type those of every type. */
  sources(name: string, typeName: string | undefined): readonly Source[] {
    const cacheKey = `${typeName ?? ''}.${name}`;
    let sources = this.#sources.get(cacheKey);
    if (!sources) {
      sources = this.#findSources(name, typeName);
      this.#sources.set(cacheKey, sources);
    }
    return sources;
  }

  /** The position of a field's objects. */
  child(key: string): Position {
    let child = this.#children.get(key);
    if (!child) {
      const base = this.sources(key, undefined).flatMap((source) => source.shape ?? []);
      child = this.#tree.create({ parent: this, key, base });
      this.#children.set(key, child);
    }
    return child;
  }

  #baseFields(name: string): Shape {
    if (!this.#fieldsByName) {
      this.#fieldsByName = new Map();
      for (const field of this.#base) {
        const same = this.#fieldsByName.get(field.name);
        if (same) same.push(field);
        else this.#fieldsByName.set(field.name, [field]);
      }
    }
    return this.#fieldsByName.get(name) ?? [];
  }

  #findSources(name: string, typeName: string | undefined): Source[] {
    const found = new Map<string, Source>();
    const look = (step: number, shape: Shape): void => {
      for (const field of shape) {
        if (field.name !== name) continue;
        if (
          typeName !== undefined &&
          !field.on.every((on) => this.#tree.types.fits(on, typeName))
        ) {
          continue;
        }
        const key = `${step}.${field.dataName}`;
        const known = found.get(key);
        const both = known?.shape && field.shape ? [...known.shape, ...field.shape] : field.shape;
        found.set(key, { step, dataName: field.dataName, shape: both });
      }
    };
    look(atPlace, this.#baseFields(name));
    for (const { id, shape } of this.steps) look(id, shape);
    return [...found.values()];
  }
}

/** All positions of a plan. The root's objects come from root steps, which count as fetched for it. */
export class PositionTree {
  readonly types: TypeRelations;
  readonly readNeeds: (step: FetchStep) => EntityNeeds;
  readonly root: Position;
  /** By step: guard points that together are all it brings. */
  readonly skips = new Map<number, readonly number[]>();
  /** Steps that only the client needs, of objects that others need too (compile-guards.ts). */
  readonly clientOnly = new Set<number>();
  /** Steps whose entities are not shared by objects (separate-places.ts). */
  readonly separate: ReadonlySet<number>;
  readonly #stepsByPath = new Map<string, StepHere[]>();
  #count = 0;

  constructor(
    steps: readonly FetchStep[],
    { types, readNeeds }: Pick<PositionTree, 'types' | 'readNeeds'>,
  ) {
    this.types = types;
    this.readNeeds = readNeeds;
    this.separate = findSeparateSteps(steps);
    for (const step of steps) {
      const key = step.path.join('.');
      const here: StepHere = { id: step.id, step, shape: shapeOf(step) };
      const known = this.#stepsByPath.get(key);
      if (known) known.push(here);
      else this.#stepsByPath.set(key, [here]);
    }
    this.root = this.create({ key: '', base: [] });
  }

  get size(): number {
    return this.#count;
  }

  create(at: { parent?: Position; key: string; base: Shape }): Position {
    return new Position(this, { id: this.#count++, ...at });
  }

  at(path: readonly string[]): Position {
    return path.reduce((position, key) => position.child(key), this.root);
  }

  stepsAt(path: readonly string[]): readonly StepHere[] {
    return this.#stepsByPath.get(path.join('.')) ?? [];
  }
}
