/** A number as people read it: three digits that matter, thousands apart. */
export function figure(value: number): string {
  if (!Number.isFinite(value)) return '–';
  if (value >= 100) return Math.round(value).toLocaleString('en-US');
  if (value >= 10) return value.toFixed(1);
  return value.toFixed(2);
}

/** A ratio such as `12×`, `3.4×` or `0.56×`. */
export function times(value: number): string {
  if (!Number.isFinite(value)) return '–';
  return `${value.toFixed(value >= 10 ? 0 : value >= 1 ? 1 : 2)}×`;
}
