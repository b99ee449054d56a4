/** The entry of sparse-reram-engine/browser: the door, and an engine that keeps a page's own thread free. */
export * from "../../index.ts";
export { startEngine } from "./engine.ts";
export type { BrowserEngine, CallOptions, EngineOptions } from "./engine.ts";
export type { RecordedRequest } from "./engineService.ts";
export type { RecordedFacts, RecordedLayer } from "./recordedFacts.ts";
