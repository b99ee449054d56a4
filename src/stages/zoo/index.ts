export { chooseNetwork, zooNetworks } from "./catalog.ts";
export { InputGenerator } from "./activations.ts";
export { generateWeights } from "./weights.ts";
