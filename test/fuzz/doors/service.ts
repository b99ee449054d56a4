import { parseConfig } from "../../../src/index.ts";
import type { Config, SimulateRequest } from "../../../src/index.ts";
import { EngineService } from "../../../src/edges/browser/engineService.ts";
import type { RequestData } from "../../../src/edges/browser/engineService.ts";
import { valueOf } from "../../../src/edges/browser/outcome.ts";
import type { Outcome } from "../../../src/edges/browser/outcome.ts";
import { npy } from "../../edges/files.ts";
import type { Random } from "../../helpers/random.ts";
import { matrixWorkload } from "../../helpers/workload.ts";
import { mutateInType, mutateShape } from "../mutate/values.ts";
import { holds, isArgumentError, isFaultLine, isInputError } from "./door.ts";
import type { Door } from "./door.ts";

/** A call of the engine in a page's worker, after the recording of a sound workload. */
interface ServiceCall {
  readonly method: keyof typeof methods;
  readonly values: readonly unknown[];
}

const sets = [
  "crossbar.rows=16",
  "crossbar.cols=16",
  "ou.rows=4",
  "ou.cols=4",
  "precision.weightBits=4",
  "precision.activationBits=4",
];
const config: Config = parseConfig([], sets);
const workload = matrixWorkload({
  weights: Array.from({ length: 20 }, (_, row) =>
    Array.from({ length: 3 }, (_, col) => (row % 4 === 0 ? 0 : ((row + col) % 15) - 7)),
  ),
  activations: Array.from({ length: 4 }, (_, window) => Array.from({ length: 20 }, (_, row) => (window * row) % 16)),
});
const others = {
  ...{ config, source: { source: "test", sha256: "" }, schemes: ["naive", "orc-dof"] as const },
  ...{ samples: 3, seed: 0, verifyWindows: 2, outputsOf: "orc-dof" as const, collectDetail: true },
};
const request: SimulateRequest = { workload, ...others };
const data: RequestData = { plain: request, files: [] };
const choice = { layer: 0, matrix: 0, colBlock: 0, group: 1 };

const methods = {
  simulate: [data],
  record: [data],
  recount: [others],
  choices: [config],
  trace: [config, choice, 1],
  crossbar: [config, { layer: 0, matrix: 0, colBlock: 0, isPacked: true, rowBlock: 1 }],
  parseConfig: [[{ text: "ou: { rows: 4 }", place: "page" }], ["ou.cols=4"]],
  decodeArray: [npy("i2", [2, 2], [1, 2, 3, 4]), "page.npy"],
  zooWorkload: ["zoo:lenet5", 3],
} as const;

const engine = new EngineService();
valueOf(await engine.start({ wasm: undefined, onnxRuntime: undefined, threads: 1 }));
const record = async (): Promise<void> => void valueOf(await engine.record(data, null, 2 ** 24));
await record();

type Call = (...values: unknown[]) => Promise<Outcome<unknown>>;

/** What a page asks of the engine in its worker. */
export const service: Door<ServiceCall> = {
  name: "service",
  weight: 1.5,
  make(random) {
    const method = random.pick(Object.keys(methods) as (keyof typeof methods)[]);
    return { method, values: mutatedValues(methods[method], random) };
  },
  async run({ method, values }) {
    // Readers and progress are functions, which the library between the threads takes care of.
    const rest =
      method === "record" ? [null, 2 ** 24] : method === "simulate" ? [null, null] : method === "recount" ? [null] : [];
    const outcome = await Reflect.apply(engine[method] as Call, engine, [...structuredClone(values), ...rest]);
    if (method === "record") await record();
    const value = valueOf(structuredClone(outcome));
    if (method !== "simulate" && method !== "recount") return;
    const { report } = value as {
      report: {
        totals: Record<string, { ouOps: number }>;
        verify?: { schemes: Record<string, { mismatches: number }> };
      };
    };
    for (const [scheme, { ouOps }] of Object.entries(report.totals))
      holds(Number.isSafeInteger(ouOps), `${scheme}: ${ouOps} OU operations`);
    const isClipped =
      JSON.stringify(values).includes('"adc":{"bits":') && !JSON.stringify(values).includes('"bits":"auto"');
    for (const [scheme, { mismatches }] of Object.entries(report.verify?.schemes ?? {}))
      holds(mismatches === 0 || isClipped, `${scheme}: ${mismatches} mismatches`);
  },
  // The class of an error does not cross, but its name does.
  isRefusal: (error) =>
    isInputError(error) ||
    isArgumentError(error) ||
    // The page gave no place.
    (error instanceof Error && error.message.startsWith(": expected")) ||
    (error instanceof Error && error.name === "RangeError" && isFaultLine(error.message)),
};

function mutatedValues(values: readonly unknown[], random: Random): unknown[] {
  const { ...byPlace } = values;
  return Object.values(random.chance(0.6) ? mutateInType(byPlace, random) : mutateShape(byPlace, random));
}
