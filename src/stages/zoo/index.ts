export { chooseNetwork, zooNetworks } from "./catalog.ts";
export { InputGenerator } from "./activations.ts";
export { generateWeights } from "./weights.ts";
export { isZooName, listZoo, zooWorkload } from "./workload.ts";
export type { ZooEntry } from "./workload.ts";
