import { describe, expect, test } from "vitest";
import { InputError, inputError, parseConfig } from "../../../src/index.ts";
import type { ExternalDataReader, SimulateRequest, TensorFile } from "../../../src/index.ts";
import { attachReaders, detachReaders } from "../../../src/edges/browser/externalReaders.ts";
import { outcomeOf, valueOf } from "../../../src/edges/browser/outcome.ts";

/** As a message of a worker does it. */
const crossed = async <T>(work: () => Promise<T>): Promise<T> => valueOf(structuredClone(await outcomeOf(work)));

describe("outcome", () => {
  test("keeps values, faults and the names of errors", async () => {
    expect(await crossed(async () => [Uint8Array.of(1, 2), null])).toEqual([Uint8Array.of(1, 2), null]);
    const faults = [
      { place: "a", expected: "b", got: "c" },
      { place: "d", expected: "e", got: "f" },
    ];
    const failed = await crossed(() => Promise.reject(new InputError(faults))).catch((error: unknown) => error);
    expect(failed).toBeInstanceOf(InputError);
    expect((failed as InputError).faults).toEqual(faults);
    expect((failed as InputError).message).toBe("a: expected b, got c\nd: expected e, got f");
    const named = { name: "RangeError", message: "too much" };
    await expect(crossed(() => Promise.reject(new RangeError("too much")))).rejects.toMatchObject(named);
    await expect(crossed(() => Promise.reject(new DOMException("stop", "AbortError")))).rejects.toMatchObject({
      name: "AbortError",
    });
    await expect(crossed(() => Promise.reject("just text"))).rejects.toMatchObject({ message: "just text" });
  });
});

test("an InputError of another bundle is one, and nothing else is", () => {
  const foreign = Object.assign(new Error("x"), { name: "InputError", faults: [] });
  expect(foreign instanceof InputError).toBe(true);
  expect(inputError("a", "b", "c") instanceof InputError).toBe(true);
  for (const other of [new Error("x"), Object.assign(new Error("x"), { name: "InputError" }), { faults: [] }, null])
    expect((other as unknown) instanceof InputError).toBe(false);
});

describe("readers of external data", () => {
  const readerOf =
    (name: string): ExternalDataReader =>
    async (location, offset, byteCount) =>
      new TextEncoder().encode([name, location, offset, byteCount].join(" "));
  const file = (place: string, isWithReader: boolean): TensorFile => ({
    place,
    bytes: new Uint8Array(),
    ...(isWithReader ? { readExternal: readerOf(place) } : {}),
  });
  const request = (hasReaders: boolean): SimulateRequest => ({
    workload: {
      kind: "network",
      name: "n",
      model: new Uint8Array(),
      ...(hasReaders ? { readExternal: readerOf("model") } : {}),
      weightsFrom: { weights: [file("w0", false), file("w1", hasReaders)], masks: [file("m0", hasReaders)] },
    },
    config: parseConfig([], []),
    source: { source: "", sha256: "" },
    ...{ schemes: ["naive"], seed: 0, verifyWindows: 0 },
  });

  test("stay behind, and are found by their file", async () => {
    const { read, ...data } = detachReaders(request(true));
    const { workload } = attachReaders({ ...structuredClone(data), read });
    if (workload.kind !== "network") throw new Error("another workload");
    const said = async (reader: ExternalDataReader | undefined): Promise<string> =>
      new TextDecoder().decode(await reader!("data.bin", 8, null));
    expect(await said(workload.readExternal)).toBe("model data.bin 8 ");
    const { weights, masks } = workload.weightsFrom!;
    expect(weights[0]).not.toHaveProperty("readExternal");
    expect(await said(weights[1]!.readExternal)).toBe("w1 data.bin 8 ");
    expect(await said(masks[0]!.readExternal)).toBe("m0 data.bin 8 ");
  });

  test("are none where there are none", () => {
    const { read, ...data } = detachReaders(request(false));
    expect(read).toBeNull();
    expect(attachReaders({ ...structuredClone(data), read })).toEqual(request(false));
  });
});
