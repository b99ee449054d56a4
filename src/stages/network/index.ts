export { decodeArray, encodeNpz } from "./arrays/index.ts";
export type { NpzEntry } from "./arrays/index.ts";
export { checkInputs } from "./checkInputs.ts";
export { openNetwork } from "./openNetwork.ts";
export type { NetworkFile, OpenOptions } from "./readModel.ts";
