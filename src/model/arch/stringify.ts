import { dump } from "js-yaml";
import type { Config } from "./config.ts";

/** The resolved configuration as YAML that `parseConfig` reads back to the same. */
export function stringifyConfig(config: Config): string {
  return dump(config);
}
