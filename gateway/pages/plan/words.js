export const deliveries = {
  sent: 'own request',
  shared: 'shared with an equal one',
  batched: 'batched with others',
};

/** How many places the entities stand at, and how many were asked for. */
export function describeEntities(entities) {
  if (!entities) return '';
  const { places, representations } = entities;
  return places === representations ? String(places) : `${places} → ${representations}`;
}

export function formatMs(ms) {
  return `${ms >= 100 ? Math.round(ms) : Number(ms.toFixed(ms >= 1 ? 1 : 2))} ms`;
}

/** Nothing for what is not known. */
export function formatBytes(bytes) {
  if (bytes === 0) return '–';
  if (bytes < 1024) return `${bytes} B`;
  if (bytes < 1024 * 1024) return `${(bytes / 1024).toFixed(1)} KB`;
  return `${(bytes / 1024 / 1024).toFixed(1)} MB`;
}

export function count(number, one, many = `${one}s`) {
  return `${number} ${number === 1 ? one : many}`;
}

export function clip(text, length) {
  return text.length > length ? `${text.slice(0, length - 1)}…` : text;
}
