/** What a client says of itself may be of any length; records of it are not. */
const maxLength = 100;

/** The beginning of a text that a client chose. */
export function clip(text: string): string;
export function clip(text: string | undefined): string | undefined;
export function clip(text: string | undefined): string | undefined {
  return text !== undefined && text.length > maxLength ? `${text.slice(0, maxLength)}…` : text;
}
