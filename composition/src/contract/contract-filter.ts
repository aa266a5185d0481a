import { Kind, type ASTNode, type ConstDirectiveNode } from 'graphql';

/** Which tags a contract shows. */
export interface ContractTags {
  /** Empty: everything that is not excluded. */
  include: string[];
  exclude: string[];
}

type Tagged = ASTNode & { directives?: readonly ConstDirectiveNode[] | undefined };

/** Decides element by element what a contract hides. Exclusion wins over inclusion. */
export interface ContractFilter {
  isExcluded: (node: Tagged) => boolean;
  /** Always true when the contract includes nothing by tag. */
  isIncluded: (node: Tagged) => boolean;
  /** Whether only tagged fields are shown. */
  isSelective: boolean;
}

/** @param tagDirective name of the tag directive in the supergraph */
export function createContractFilter(tags: ContractTags, tagDirective: string): ContractFilter {
  const tagsOf = (node: Tagged): string[] =>
    (node.directives ?? [])
      .filter(({ name }) => name.value === tagDirective)
      .flatMap(({ arguments: args }) =>
        (args ?? []).flatMap(({ value }) => (value.kind === Kind.STRING ? [value.value] : [])),
      );
  const isSelective = tags.include.length > 0;
  return {
    isSelective,
    isExcluded: (node) => tagsOf(node).some((tag) => tags.exclude.includes(tag)),
    isIncluded: (node) => !isSelective || tagsOf(node).some((tag) => tags.include.includes(tag)),
  };
}
