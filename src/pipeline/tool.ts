/** Name and version, as in package.json (held by a test). */
export const TOOL = { name: "sparse-reram-engine", version: "0.1.0" } as const;
