import * as arenas from "../../../bindings/arena.ts";
import { instantiateBound } from "../../../bindings/boundModule.ts";
import type { Kernels, SensingSpec, SensingTable } from "../../../bindings/kernels.ts";
import { readWasm } from "../../../bindings/load.node.ts";
import { ScalarKernels } from "../../../bindings/scalar.ts";
import { WasmKernels } from "../../../bindings/wasm.ts";
import { bulkCases, controlCases } from "../../conformance/cases.ts";
import { difference } from "../../conformance/difference.ts";
import { guardArenas } from "../../conformance/guardedArena.ts";
import type { Random } from "../../helpers/random.ts";
import { copyOf, mutateInType, mutateShape } from "../mutate/values.ts";
import { holds, isArgumentError } from "./door.ts";
import type { Door } from "./door.ts";

/** A call of a kernel, as plain data. */
interface KernelCall {
  readonly kernel: string;
  readonly values: readonly unknown[];
}

type Call = (...values: unknown[]) => unknown;

const twin = new ScalarKernels();
const bound = await instantiateBound(await readWasm("release"));
/** In guarded blocks: what is written beside them is seen at once, and not as a trap of some later call. */
const wasm = new WasmKernels(bound, "wasm-simd", new (guardArenas(arenas).HeapArena)(bound.raw));
const cases = Object.values({ ...bulkCases, ...controlCases });
const geometry = { crossbarRows: 128, ouRows: 16, cellBits: 2, weightBits: 16, activationBits: 16 };

/** A call of the conformance suite, right in every argument. */
function soundCall(random: Random): KernelCall {
  if (random.chance(0.02)) return { kernel: "configure", values: [geometry] };
  let call: KernelCall | undefined;
  const recorder = new Proxy({} as Kernels, {
    get:
      (_, kernel: string) =>
      (...values: unknown[]) => {
        call = { kernel, values: copyOf(values) };
        return Reflect.apply(twin[kernel as keyof Kernels] as Call, twin, values);
      },
  });
  random.pick(cases)(random)(recorder);
  return call!;
}

/** Whether slots hold codes that the table's ADC does not have: nothing adds up then. */
function isForged({ isWide, slots, adc }: SensingTable): boolean {
  return slots.some((word, index) => {
    const codes = isWide ? (index % 2 === 0 ? [] : [word >>> 16, word & 0xffff]) : [(word >>> 8) & 0xff, word & 0xff];
    return codes.some((code) => code > adc.topCode);
  });
}

/** The contract of the kernels, called with wrong sizes, counts and contents. */
export const kernels: Door<KernelCall> = {
  name: "kernels",
  weight: 4,
  make(random) {
    const { kernel, values } = soundCall(random);
    const mutate = random.chance(0.3) ? mutateShape : mutateInType;
    const mutated = Object.values(mutate({ ...values }, random));
    if (kernel === "buildSensingTable") shorten(mutated[0] as SensingSpec | null | undefined);
    return { kernel, values: mutated };
  },
  run(call) {
    const plain = ended(twin, call);
    const compiled = ended(wasm, call);
    if (call.kernel === "countWindows" && compiled.error === null) return;
    holds(
      plain.error === null || compiled.error !== null,
      `${call.kernel}: Wasm takes what its twin refuses, ${plain.error}`,
    );
    // Wasm has less memory than its twin.
    const isTooLarge = compiled.error instanceof RangeError && compiled.error.message.startsWith("arena: ");
    holds(
      compiled.error === null || plain.error !== null || isTooLarge,
      `${call.kernel}: the twin takes what Wasm refuses, ${compiled.error}`,
    );
    if (compiled.error !== null) throw compiled.error as Error;
    // What the lists of a plan say beside its segments is one thing for each implementation, when they contradict.
    if (call.kernel === "countWindows" || (call.kernel === "mvmTable" && isForged(call.values[3] as SensingTable)))
      return;
    const found = difference(plain.result, compiled.result);
    holds(found === null, `${call.kernel}: ${found}`);
  },
  isRefusal: isArgumentError,
};

/** Tables that are large, but not too large, are right: they take up to a minute. */
function shorten(spec: SensingSpec | null | undefined): void {
  const limits = { ouRows: [24, 4096], sampleCount: [500, 2 ** 20] } as const;
  for (const key of ["ouRows", "sampleCount"] as const) {
    const [few, most] = limits[key];
    if (spec && spec[key] > few && spec[key] <= most) Object.assign(spec, { [key]: few });
  }
}

/** What a kernel gives back and leaves in its arguments, or the error that it ends with. */
function ended(implementation: Kernels, { kernel, values }: KernelCall): { result: unknown; error: unknown } {
  const own = copyOf(values);
  try {
    const given = Reflect.apply(implementation[kernel as keyof Kernels] as Call, implementation, own);
    // configure and describe say which implementation it is.
    return { result: typeof given === "string" ? "text" : [given, own], error: null };
  } catch (error) {
    if (!isArgumentError(error)) throw error;
    return { result: null, error };
  }
}
