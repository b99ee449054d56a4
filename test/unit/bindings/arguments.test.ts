import { describe, expect, test } from "vitest";
import type { BulkKernels } from "../../../bindings/kernels.ts";
import { ScalarKernels } from "../../../bindings/scalar.ts";
import { difference } from "../../conformance/difference.ts";
import { watchedWasm, watchedWorker } from "../../conformance/implementations.ts";
import { argumentRows, type ArgumentRow } from "./argumentRows.ts";

// Every argument of every kernel made wrong in every way there is, one at a time: all implementations say the same.

type AnyKernels = Readonly<Record<string, (...values: unknown[]) => unknown>>;
type TypedArray = Int32Array | Uint32Array | Int16Array | Uint16Array | Uint8Array | Float32Array | Float64Array;

const CONTROL = ["encodeIndex", "decodeIndex", "configure", "describe"];
const twin = new ScalarKernels() as unknown as AnyKernels;
const asKernels = (kernels: BulkKernels) => kernels as unknown as AnyKernels;

const implementations: [string, () => Promise<AnyKernels>][] = [
  ["debug", async () => asKernels((await watchedWasm("debug")).kernels)],
  ["release", async () => asKernels((await watchedWasm("release")).kernels)],
  ["scalar", async () => asKernels((await watchedWasm("scalar")).kernels)],
  ["worker on shared memory", async () => asKernels((await watchedWorker()).kernels)],
];

/** One argument made wrong. */
interface Fault {
  readonly path: string;
  readonly what: string;
  apply(values: unknown[]): void;
}

const kernelOf = (name: string): string => name.split(" ")[0]!;
const wrongNumbers = (value: number): unknown[] => [
  ...[NaN, Infinity, -Infinity, value + 0.5, -70_000, 2 ** 53, -(2 ** 53)],
  ...[undefined, null, String(value), [value]],
];

/** Everything that no kernel may take. */
function faultsOf({ arguments: make, reals = [], anyLength = [], optional = [] }: ArgumentRow): Fault[] {
  const faults: Fault[] = [];
  walk(make(), (path, value) => {
    if (typeof value === "number") {
      const wrong = reals.includes(path) ? [NaN, Infinity, -Infinity, undefined, "text"] : wrongNumbers(value);
      for (const other of wrong) faults.push(replaced(path, other));
    }
    if (typeof value === "string") for (const other of ["other", undefined, 1]) faults.push(replaced(path, other));
    if (path !== "" && typeof value === "object" && value !== null)
      for (const other of optional.includes(path) ? [5] : [undefined, null, 5]) faults.push(replaced(path, other));
    if (!isTyped(value)) return;
    faults.push({ path, what: "detached", apply: (values) => detach(at(values, path) as TypedArray) });
    for (const other of otherClasses(value)) faults.push(replaced(path, other, other.constructor.name));
    if (anyLength.includes(path)) return;
    faults.push(replaced(path, value.slice(0, -1), "one shorter"));
    faults.push(replaced(path, value.slice(0, 0), "empty"));
  });
  return faults;
}

/** The same elements as arrays that the kernels would read with another width: longer, shorter, or as long. */
function otherClasses(value: TypedArray): (TypedArray | number[])[] {
  // Real values may be of either width.
  const isReal = value instanceof Float32Array || value instanceof Float64Array;
  const own = isReal && value.length === 3 ? [Float32Array, Float64Array] : [value.constructor];
  return [Uint8Array, Int16Array, Uint16Array, Int32Array, Uint32Array, Float32Array, Float64Array, Array]
    .filter((other) => !own.some((one) => one === other))
    .map((other) => (other as Pick<ArrayConstructor, "from">).from(value));
}

/** Contents that may be wrong or not: what the twin says of them holds. */
function contentsOf({ arguments: make }: ArgumentRow): Fault[] {
  const faults: Fault[] = [];
  walk(make(), (path, value) => {
    if (!isTyped(value)) return;
    for (let index = 0; index < Math.min(value.length, 40); index++)
      for (const content of [-1, 0, 1, 3, 255, 2 ** 31 - 1, -(2 ** 31)])
        faults.push({
          path: `${path}[${index}]`,
          what: `${content}`,
          apply: (values) => void ((at(values, path) as TypedArray)[index] = content),
        });
  });
  return faults;
}

function replaced(path: string, value: unknown, what = JSON.stringify(value) ?? String(value)): Fault {
  const steps = path.split(".");
  const last = steps.pop()!;
  return {
    path,
    what: typeof value === "number" ? String(value) : what,
    apply: (values) => void ((at(values, steps.join(".")) as Record<string, unknown>)[last] = value),
  };
}

function walk(value: unknown, visit: (path: string, value: unknown) => void, path = ""): void {
  visit(path, value);
  if (typeof value !== "object" || value === null || isTyped(value)) return;
  for (const [name, inner] of Object.entries(value)) walk(inner, visit, path === "" ? name : `${path}.${name}`);
}

function at(value: unknown, path: string): unknown {
  if (path === "") return value;
  return path.split(".").reduce((inner, step) => (inner as Record<string, unknown>)[step], value);
}

function isTyped(value: unknown): value is TypedArray {
  return ArrayBuffer.isView(value);
}

function detach({ buffer }: TypedArray): void {
  structuredClone(null, { transfer: [buffer as ArrayBuffer] });
}

/** Arguments that share nothing with those of another call, with one fault. */
function made(row: ArgumentRow, fault?: Fault): unknown[] {
  const values = structuredClone(row.arguments());
  fault?.apply(values);
  return values;
}

/** What a call gives, or its error. */
function outcome(kernels: AnyKernels, name: string, values: unknown[]): unknown {
  try {
    return { result: kernels[kernelOf(name)]!(...values), values };
  } catch (error) {
    const { constructor, message } = error as Error;
    return { error: `${constructor.name}: ${message}` };
  }
}

test("every kernel has a row", () => {
  const names = new Set<string>();
  for (let type = ScalarKernels.prototype; type !== Object.prototype; type = Object.getPrototypeOf(type))
    for (const name of Object.getOwnPropertyNames(type)) if (name !== "constructor") names.add(name);
  expect(new Set(Object.keys(argumentRows).map(kernelOf))).toEqual(names);
});

describe.each(Object.entries(argumentRows))("%s", (name, row) => {
  test("takes the arguments of its row", () => {
    expect(outcome(twin, name, made(row))).not.toHaveProperty("error");
  });

  test("refuses each fault in one line", () => {
    const wrong = faultsOf(row).flatMap((fault) => {
      const { error = "taken" } = outcome(twin, name, made(row, fault)) as { error?: string };
      return /^RangeError: [\w.[\]]+: expected .+, got .*$/.test(error) ? [] : `${fault.path} ${fault.what}: ${error}`;
    });
    expect(wrong).toEqual([]);
  });
});

describe.each(implementations)("%s says what the twin says", async (implementation, instantiate) => {
  const kernels = await instantiate();
  const isWorker = implementation.startsWith("worker");
  const rows = Object.entries(argumentRows).filter(([name]) => !isWorker || !CONTROL.includes(kernelOf(name)));

  test.each(rows)("%s", (name, row) => {
    const faults = row.isRedundant ? faultsOf(row) : [...faultsOf(row), ...contentsOf(row)];
    const differences = faults.map((fault) =>
      difference(
        outcome(twin, name, made(row, fault)),
        outcome(kernels, name, made(row, fault)),
        `${fault.path} ${fault.what}`,
      ),
    );
    expect(differences.filter((found) => found !== null)).toEqual([]);
  });

  test.each(rows.filter(([, { isRedundant }]) => isRedundant))("%s, whatever its arrays hold", (name, row) => {
    const wrong = contentsOf(row).flatMap((fault) => {
      const { error = "RangeError" } = outcome(kernels, name, made(row, fault)) as { error?: string };
      return error.startsWith("RangeError") ? [] : `${fault.path} ${fault.what}: ${error}`;
    });
    expect(wrong).toEqual([]);
  });
});
