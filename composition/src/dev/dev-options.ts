/** What `trellis dev` is told by its flags. */
export interface DevOptions {
  config: string;
  /** `name=url` each. */
  use?: string[];
  mock?: string[];
  port?: number;
  host?: string;
  gatewayConfig?: string;
  gateway: boolean;
  start: boolean;
  output: string;
}
