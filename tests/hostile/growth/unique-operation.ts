/** An operation that nobody asked before: its text, its selections and its name are its own. */
export function uniqueOperation(number: number): { readonly query: string } {
  const fields = ['id', 'name', 'price', 'stock'].filter((_, at) => (number >> at) % 2 === 0);
  const query = `query Unique${number} {
    products(first: ${1 + (number % 50)}) { ${fields.join(' ')} a${number}: id reviews { text author { id b${number}: name } } }
    me { id related { id c${number}: name } }
  }`;
  return { query };
}
