/**
 * The entry of sparse-reram-engine/browser/engine: the engine in its worker and what a page needs to speak with it, nothing
 * else. For pages without a bundler, which would load the whole door otherwise.
 */
export { FUNCTIONAL_SCHEMES, InputError, SCHEMES, TOOL, faultLine } from "../../index.ts";
export type * from "../../index.ts";
export { startEngine } from "./engine.ts";
export type { BrowserEngine, CallOptions, EngineOptions } from "./engine.ts";
export type { RecordedRequest } from "./engineService.ts";
export type { RecordedFacts, RecordedLayer } from "./recordedFacts.ts";
