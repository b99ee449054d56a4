/** The parser of configurations brings libraries for YAML and schemas along: loaded when there is something to parse. */
export function loadParser(): Promise<Pick<typeof import("../model/arch/parse.ts"), "checkConfig" | "parseConfig">> {
  return import("../model/arch/parse.ts");
}
