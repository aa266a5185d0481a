/** A query that five services answer together; fits into single quotes and a JSON string. */
export const sampleQuery =
  '{ products(first: 2) { nodes { name price { amount currency } inStock soldQuantity reviews(first: 3) { nodes { rating author { name } } } } } }';
