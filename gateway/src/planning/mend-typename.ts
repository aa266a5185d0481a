import { Field, isInterfaceObjectType } from '@apollo/federation-internals';

/**
 * Lets the planner (@apollo/query-planner 2.14.4) ask two subgraphs that know one interface as an object for `__typename`
 * alike. Where a field needs inputs it moves the key and the `__typename` beside it from the fetch of one to that
 * of the other; `__typename` is refused there, and with it the operation: a client may not be shown what such a subgraph
 * calls its objects. But this one comes from such a subgraph, so it is the planner's own, and never the client's.
 */
export function mendTypename(): void {
  const { prototype } = Field;
  // It is called with the field it belongs to, below.
  // oxlint-disable-next-line typescript/unbound-method
  const { rebaseOn } = prototype;
  prototype.rebaseOn = function rebaseTypename(this: Field, given) {
    const { parentType } = given;
    const { parent } = this.definition;
    const isOwn =
      this.name === '__typename' &&
      parent !== parentType &&
      isInterfaceObjectType(parent) &&
      isInterfaceObjectType(parentType);
    const definition = isOwn ? parentType.typenameField() : undefined;
    return definition ? this.withUpdatedDefinition(definition) : rebaseOn.call(this, given);
  };
}
