export { decodeArray, encodeNpz } from "./arrays/index.ts";
export type { NpzEntry } from "./arrays/index.ts";
export { checkInputs } from "./checkInputs.ts";
export { assignTensors } from "./weights/assign.ts";
export type { Assignment, WeightTarget } from "./weights/assign.ts";
export { ingestWeights } from "./weights/ingest.ts";
export { openNetwork } from "./openNetwork.ts";
export type { NetworkFile, OpenOptions } from "./readModel.ts";
