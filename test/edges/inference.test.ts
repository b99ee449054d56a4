import { execFile } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { expect, test } from "vitest";
import { model, node, noise, tensor } from "../helpers/onnx.ts";
import { smallNetwork } from "../load/networks.ts";
import { emptyFolder } from "./sre.ts";

const run = promisify(execFile);
const door = fileURLToPath(new URL("../../dist/index.js", import.meta.url));

/** Six convolutions that a processor multiplies through in about a second. */
function slowNetwork(): Uint8Array {
  const channels = 128;
  const layers = Array.from({ length: 6 }, (_, i) => `w${i}`);
  return model({
    inputs: { t0: ["n", channels, 128, 128] },
    outputs: ["t6"],
    nodes: layers.map((name, i) => node("Conv", [`t${i}`, name], [`t${i + 1}`], { pads: [1, 1, 1, 1] }, name)),
    initializers: layers.map((name, i) => tensor(name, [channels, channels, 3, 3], noise(channels ** 2 * 9, i + 1))),
  });
}

/** What a program of its own says, that ends by itself. `body` may use simulate, request and the files of the folder. */
async function answerOf(folder: string, body: string): Promise<unknown> {
  const script = `
    import { readFileSync } from "node:fs";
    import { InputError, SCHEMES, parseConfig, simulate } from ${JSON.stringify(door)};
    const file = (name) => new Uint8Array(readFileSync(name));
    const floats = (name) => new Float32Array(file(name).buffer);
    const request = (name, inputs, rest = {}) => ({
      workload: { kind: "network", name, model: file(name), inputs, ...rest },
      config: parseConfig([], []), source: { source: name, sha256: "" }, schemes: SCHEMES, seed: 0, verifyWindows: 0,
    });
    ${body}`;
  const { stdout } = await run(process.execPath, ["--input-type=module", "-e", script], { cwd: folder });
  return JSON.parse(stdout);
}

test("a network that may be stopped is inferred on a thread of its own, with the same result", async () => {
  const folder = emptyFolder();
  const { model: bytes, inputs } = smallNetwork(3, 1);
  writeFileSync(join(folder, "small.onnx"), bytes);
  writeFileSync(join(folder, "x"), inputs.values as Float32Array);
  const answer = await answerOf(
    folder,
    `const inputs = { place: "x", dtype: "f4", shape: [3, 1, 8, 8], values: floats("x") };
     const labels = { place: "y", dtype: "i4", shape: [3], values: Int32Array.of(0, 1, 2) };
     const asked = request("small.onnx", inputs, { labels });
     const plain = await simulate(asked);
     const { signal } = new AbortController();
     const texts = [];
     for (let i = 0; i < 3; i++) texts.push(JSON.stringify((await simulate(asked, { signal })).report));
     const together = await Promise.all([0, 1, 2].map(() => simulate(asked, { signal })));
     texts.push(...together.map(({ report }) => JSON.stringify(report)));
     console.log(JSON.stringify(texts.map((text) => text === JSON.stringify(plain.report))));`,
  );
  expect(answer).toEqual(Array(6).fill(true));
});

test("inference is stopped in the middle of a model, and the next run has a thread again", async () => {
  const folder = emptyFolder();
  writeFileSync(join(folder, "slow.onnx"), slowNetwork());
  const answer = await answerOf(
    folder,
    `const shape = [1, 128, 128, 128];
     const inputs = { place: "x", dtype: "f4", shape, values: new Float32Array(2 ** 21).fill(0.5) };
     const ends = [];
     for (const delay of [0, 100, 300]) {
       const controller = new AbortController();
       setTimeout(() => controller.abort("enough"), delay);
       ends.push(await simulate(request("slow.onnx", inputs), { signal: controller.signal }).catch((error) => error));
     }
     console.log(JSON.stringify(ends));`,
  );
  expect(answer).toEqual(["enough", "enough", "enough"]);
});

test("a fault of a network reads the same from a thread", async () => {
  const folder = emptyFolder();
  const nodes = [node("Gemm", ["x", "w"], ["a"], {}, "fc"), node("NoSuchOp", ["a"], ["y"], {}, "odd")];
  const initializers = [tensor("w", [4, 2], noise(8, 1))];
  writeFileSync(join(folder, "odd.onnx"), model({ inputs: { x: ["n", 4] }, outputs: ["y"], nodes, initializers }));
  const answer = await answerOf(
    folder,
    `const inputs = { place: "x", dtype: "f4", shape: [1, 4], values: new Float32Array(4) };
     const { signal } = new AbortController();
     const said = [];
     for (const options of [{}, { signal }, { signal }])
       said.push(await simulate(request("odd.onnx", inputs), options).catch((error) => [error instanceof InputError, error.message]));
     console.log(JSON.stringify(said));`,
  );
  const [plain, threaded, again] = answer as [boolean, string][];
  expect(plain![0]).toBe(true);
  expect(plain![1]).toContain("NoSuchOp");
  expect([threaded, again]).toEqual([plain, plain]);
});
