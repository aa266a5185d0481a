/** Another service's entity, of which this one knows no more than the key. */
export interface KnownEntity {
  readonly id: string;
}
